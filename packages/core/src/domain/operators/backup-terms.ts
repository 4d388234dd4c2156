import { parseGoDuration } from "../../kube/duration.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { byDefault, type Fact, known, unknown } from "../../yaml/fact.ts";
import { keyOf, type Place, type YamlNode } from "../../yaml/node.ts";
import type { Retention, Whereabouts } from "../model/backup-terms.ts";
import { whereStoreIs } from "../storage/object-store.ts";

/** A Go duration such as `720h` as a time to keep backups; `standard` seconds where none is written. */
export function keepsFor(parent: YamlNode, path: readonly string[], standard: number): Fact<Retention> {
  const node = parent.at(...path);
  if (node === undefined) return byDefault({ kind: "time", seconds: standard }, keyOf(parent.nearest(...path)));
  const seconds = parseGoDuration(node.text() ?? "");
  return seconds === undefined
    ? unknown(node, "its retention is filled in later")
    : known({ kind: "time", seconds }, node);
}

/** A number of copies; undefined where it is not written. */
export function keepsCopies(node: YamlNode | undefined): Fact<Retention> | undefined {
  if (node === undefined) return undefined;
  const text = node.text() ?? "";
  if (!/^\d+$/.test(text)) return unknown(node, "its retention is filled in later");
  return known({ kind: "copies", copies: Number(text) }, node);
}

/** `30d`, `4w`, `6m` as Barman reads them: days, weeks, months. https://cloudnative-pg.io/documentation/current/backup/#retention-policies */
export function keepsBarman(node: YamlNode | undefined, at: Place): Fact<Retention> {
  if (node === undefined) return byDefault({ kind: "all" }, at);
  const match = /^([1-9]\d*)([dwm])$/.exec(node.text() ?? "");
  const days = match?.[2] === "d" ? 1 : match?.[2] === "w" ? 7 : 30;
  return match === null
    ? unknown(
        node,
        hasPlaceholder(node.text() ?? "") ? "its retention is filled in later" : "its retention is not valid",
      )
    : known({ kind: "time", seconds: Number(match[1]) * days * 86_400 }, node);
}

/** Where a store of an operator is: `s3` with an endpoint of its own, a cloud, or a claim. Undefined: it is none of these. */
export function whereOperatorStores(
  store: YamlNode,
  endpoint: readonly (readonly string[])[],
  claims: readonly string[],
): Fact<Whereabouts> | undefined {
  const claim = claims.map((name) => store.at(name)).find((node) => node !== undefined);
  if (claim?.at("nfs") !== undefined) return unknown(keyOf(claim), "where the NFS server is, is not known");
  if (claim !== undefined) return known(claim.at("hostPath") === undefined ? "cluster" : "node", keyOf(claim));
  const clouds = ["s3", "gcs", "azure", "azureBlob", "ociObjectStorage"];
  const cloud = clouds.map((name) => store.at(name)).find((node) => node !== undefined);
  if (cloud === undefined) return undefined;
  const written = endpoint.map((path) => store.at(...path)).find((node) => node !== undefined);
  return whereStoreIs(written?.text(), written ?? keyOf(cloud));
}
