import { groupOf } from "../../facts/kinds.ts";
import { parseGoDuration } from "../../kube/duration.ts";
import { namespacesAgree, type Placed, sharesNamespace } from "../../kube/namespace.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import { byDefault, type Fact, known, unknown } from "../../yaml/fact.ts";
import { keyOf, type YamlNode } from "../../yaml/node.ts";
import type { BackupTerms, Retention } from "../model/backup-terms.ts";
import type { Database } from "../model/database.ts";
import { whereStoreIs } from "../storage/object-store.ts";
import { folderOfStore } from "../storage/store-folder.ts";

// Backups of whole namespaces: Velero and K8up.

/** `--default-backup-ttl` of Velero. https://velero.io/docs/main/how-velero-works/#set-a-backup-to-expire */
const standardTtl = 720 * 3600;

/** Whether a schedule takes the namespace of a database and its volumes, as far as is known. */
export function mayBackUp(
  schedule: Resource,
  { resource, workload }: Pick<Database, "workload"> & { readonly resource: Placed },
): boolean {
  if (!isVelero(schedule)) return namespacesAgree(schedule, resource) && takesBackups(schedule);
  const template = schedule.node.at("spec", "template");
  // Its Pods ask for the copy themselves. https://velero.io/docs/main/file-system-backup/
  const isAsked = workload?.podAnnotations["backup.velero.io/backup-volumes"] !== undefined;
  if (!isAsked && leavesVolumesOut(template)) return false;
  const { namespace } = resource;
  if (namespace === undefined || hasPlaceholder(namespace)) return true;
  const included = namesIn(template, "includedNamespaces");
  if (included.length > 0 && !included.some((pattern) => fits(pattern, namespace))) return false;
  return !namesIn(template, "excludedNamespaces").some(
    (pattern) => !hasPlaceholder(pattern) && fits(pattern, namespace),
  );
}

/** Whether it takes a database of which is known in which namespace it is, or takes every namespace. */
export function surelyBacksUp(
  schedule: Resource,
  { resource, workload }: Database,
  placeOf: (resource: Resource) => Placed,
): boolean {
  const place = placeOf(resource);
  if (!isVelero(schedule)) return sharesNamespace(placeOf(schedule), place) && takesBackups(schedule);
  const template = schedule.node.at("spec", "template");
  const patterns = [...namesIn(template, "includedNamespaces"), ...namesIn(template, "excludedNamespaces")];
  const isPlaced = place.namespace !== undefined && !hasPlaceholder(place.namespace);
  const takesAll = patterns.every((pattern) => pattern === "*");
  return (
    (takesAll || (isPlaced && !patterns.some(hasPlaceholder))) && mayBackUp(schedule, { resource: place, workload })
  );
}

/** K8up's Schedule may do nothing but prune or check. */
export function takesBackups(schedule: Resource): boolean {
  return isVelero(schedule) || schedule.node.at("spec", "backup") !== undefined;
}

/** What a schedule says of the backups that it takes. */
export function clusterTerms(schedule: Resource): BackupTerms {
  return isVelero(schedule) ? veleroTerms(schedule) : k8upTerms(schedule);
}

function isVelero({ apiVersion }: Resource): boolean {
  return groupOf(apiVersion) === "velero.io";
}

function namesIn(template: YamlNode | undefined, list: string): readonly string[] {
  return (template?.at(list)?.items() ?? []).map((item) => item.text() ?? "");
}

/** A name, or one with `*` for any text. https://velero.io/docs/main/resource-filtering/ */
function fits(pattern: string, name: string): boolean {
  if (hasPlaceholder(pattern)) return true;
  const [first = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return pattern === name;
  const last = rest.pop() ?? "";
  if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return false;
  let from = first.length;
  for (const part of rest) {
    const at = name.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return from <= name.length - last.length;
}

const claimKinds = /^(?:persistentvolumeclaims?|pvcs?|persistentvolumes?|pvs?)(?:\..*)?$/i;

/** Without claims, or without both ways of taking their data, only manifests are kept. */
function leavesVolumesOut(template: YamlNode | undefined): boolean {
  if (namesIn(template, "excludedResources").some((name) => claimKinds.test(name))) return true;
  return (
    template?.boolean("snapshotVolumes") === false &&
    template.at("defaultVolumesToFsBackup")?.boolean() === false &&
    template.boolean("snapshotMoveData") !== true
  );
}

function veleroTerms({ node, name }: Resource): BackupTerms {
  const template = node.at("spec", "template");
  const at = keyOf(node.nearest("spec", "template"));
  const ttl = template?.at("ttl");
  const seconds = ttl === undefined ? standardTtl : parseGoDuration(ttl.text() ?? "");
  const owner = node.at("spec", "useOwnerReferencesInBackup");
  const isMoved =
    template?.boolean("snapshotMoveData") === true || template?.boolean("defaultVolumesToFsBackup") === true;
  return {
    keeps:
      seconds === undefined
        ? unknown(ttl ?? at, "its ttl is filled in later")
        : (ttl === undefined ? byDefault : known)({ kind: "time" as const, seconds }, ttl ?? at),
    lies: isMoved
      ? unknown(at, "Velero's storage location is not in view")
      : template?.boolean("snapshotVolumes") === true
        ? known("snapshot", template.nearest("snapshotVolumes"))
        : unknown(at, "whether Velero takes snapshots or copies files is set up elsewhere"),
    deletions:
      owner?.boolean() === true
        ? [{ text: `deleting Schedule ${name} deletes its backups (useOwnerReferencesInBackup)`, at: owner }]
        : [],
  };
}

function k8upTerms({ node }: Resource): BackupTerms {
  const retention = node.at("spec", "prune", "retention");
  const backend = node.at("spec", "backup", "backend") ?? node.at("spec", "backend");
  const endpoint = backend?.at("s3", "endpoint");
  const at = keyOf(node.nearest("spec", "backup"));
  const folder = folderOfStore(backend);
  const isCloud = ["s3", "azure", "gcs", "b2", "swift", "rest"].some((name) => backend?.at(name) !== undefined);
  return {
    keeps: resticRetention(retention, "keep") ?? byDefault({ kind: "all" }, at),
    lies: isCloud ? whereStoreIs(endpoint?.text(), endpoint ?? at) : unknown(at, "its backend is set up elsewhere"),
    ...(folder === undefined ? {} : { folder }),
  };
}

/**
 * The longest of restic's rules, whose names begin as they do in this object: `keepDaily`, or `daily` alone.
 * https://restic.readthedocs.io/en/stable/060_forget.html
 */
export function resticRetention(retention: YamlNode | undefined, prefix: "keep" | ""): Fact<Retention> | undefined {
  const day = 86_400;
  const periods: readonly (readonly [string, number])[] = [
    ["Hourly", 3600],
    ["Daily", day],
    ["Weekly", 7 * day],
    ["Monthly", 30 * day],
    ["Yearly", 365 * day],
  ];
  const nameOf = (word: string): string => (prefix === "" ? word.toLowerCase() : `${prefix}${word}`);
  const countOf = (word: string): number => {
    const text = retention?.text(nameOf(word)) ?? "";
    return /^\d+$/.test(text) ? Number(text) : 0;
  };
  const times = periods.flatMap(([word, period]) => (countOf(word) > 0 ? [countOf(word) * period] : []));
  if (retention === undefined) return undefined;
  if (times.length > 0) return known({ kind: "time", seconds: Math.max(...times) }, retention);
  const last = countOf("Last");
  return last === 0 ? undefined : known({ kind: "copies", copies: last }, retention);
}
