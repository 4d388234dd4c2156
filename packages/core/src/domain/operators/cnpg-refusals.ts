import { readImage } from "../../kube/image.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { parseQuantity } from "../../kube/quantity.ts";
import type { Resource } from "../../kube/resource.ts";
import type { YamlNode } from "../../yaml/node.ts";
import type { Operator, Refusal, RefusedChange } from "../model/operator.ts";
import { allOf, keepsItsItems, keepsItsValue, refusal, staysOnceThere } from "./refusals.ts";

/**
 * What the webhooks of CloudNativePG and of its Barman Cloud plugin do not accept, beside what rule cnpg-cluster-refused counts:
 * internal/webhook/v1 of https://github.com/cloudnative-pg/cloudnative-pg (1.30, 2026-08) and
 * https://cloudnative-pg.io/plugin-barman-cloud/docs/plugin-barman-cloud.v1/
 */
export const refusalsOfCnpg: NonNullable<Operator["refusals"]> = {
  Cluster: ofCluster,
  ObjectStore: ofObjectStore,
  Pooler: ofPooler,
};

function ofCluster({ annotations, name, node }: Resource): readonly Refusal[] {
  const found: Refusal[] = [];
  const add = (path: readonly string[], because: string): void => {
    found.push(refusal(node.nearest(...path), because));
  };
  if (name.length > 50 && !hasPlaceholder(name))
    add(["metadata", "name"], `its name has ${name.length} characters, and CloudNativePG accepts 50`);
  const image = readImage(node.at("spec", "imageName"));
  if (image !== undefined && !image.isTemplated && (image.tag === undefined || !/^\d/.test(image.tag)))
    add(
      ["spec", "imageName"],
      `imageName ${image.tag === undefined ? "has no tag" : `has tag ${image.tag}`}, which names no version`,
    );
  const isSingle = (node.integer("spec", "instances") ?? (node.at("spec", "instances") === undefined ? 1 : 0)) === 1;
  if (isSingle && node.text("spec", "primaryUpdateStrategy") === "supervised")
    add(
      ["spec", "primaryUpdateStrategy"],
      "primaryUpdateStrategy supervised needs a second instance to switch over to",
    );
  const storage = node.at("spec", "storage");
  const template = storage?.at("pvcTemplate", "resources", "requests", "storage");
  if (storage !== undefined && storage.at("size") === undefined && template === undefined)
    add(["spec", "storage"], "spec.storage has no size");
  const affinity = node.text("spec", "affinity", "podAntiAffinityType") ?? "";
  if (affinity !== "" && !hasPlaceholder(affinity) && affinity !== "preferred" && affinity !== "required")
    add(
      ["spec", "affinity", "podAntiAffinityType"],
      `podAntiAffinityType is "${affinity}", neither preferred nor required`,
    );
  const hibernation = annotations["cnpg.io/hibernation"];
  if (hibernation !== undefined && !hasPlaceholder(hibernation) && !/^(?:on|off)$/.test(hibernation))
    add(
      ["metadata", "annotations", "cnpg.io/hibernation"],
      `cnpg.io/hibernation is "${hibernation}", neither on nor off`,
    );
  const methods = ["initdb", "recovery", "pg_basebackup"].filter(
    (method) => node.at("spec", "bootstrap", method) !== undefined,
  );
  if (methods.length > 1) add(["spec", "bootstrap"], `spec.bootstrap has ${methods.join(" and ")}, and one is allowed`);
  const retention = node.text("spec", "backup", "retentionPolicy") ?? "";
  if (retention !== "" && !hasPlaceholder(retention) && !/^[1-9]\d*[dwm]$/.test(retention))
    add(
      ["spec", "backup", "retentionPolicy"],
      `retentionPolicy "${retention}" is not a number of days, weeks or months such as 30d`,
    );
  for (const kind of ["memory", "cpu"]) {
    const request = parseQuantity(node.text("spec", "resources", "requests", kind) ?? "");
    const limit = parseQuantity(node.text("spec", "resources", "limits", kind) ?? "");
    if (request !== undefined && limit !== undefined && request > limit)
      add(["spec", "resources", "requests", kind], `its ${kind} request is above its limit`);
  }
  return found;
}

function ofObjectStore({ node }: Resource): readonly Refusal[] {
  const found: Refusal[] = [];
  const server = node.at("spec", "configuration", "serverName");
  if (server !== undefined && !hasPlaceholder(server.text() ?? ""))
    found.push(
      refusal(
        server,
        "spec.configuration.serverName is not allowed here: it is a parameter of the plugin in each Cluster",
      ),
    );
  const retention = node.at("spec", "retentionPolicy");
  const text = retention?.text() ?? "";
  if (retention !== undefined && !hasPlaceholder(text) && !/^[1-9]\d*[dwm]$/.test(text))
    found.push(refusal(retention, `retentionPolicy "${text}" is not a number of days, weeks or months such as 30d`));
  return found;
}

function ofPooler({ node }: Resource): readonly Refusal[] {
  const section = node.at("spec", "pgbouncer");
  const query = section?.at("authQuery");
  const secrets = ["authQuerySecret", "serverTLSSecret"]
    .map((key) => section?.at(key))
    .filter((at) => at !== undefined);
  const [secret] = secrets;
  if (hasPlaceholder(query?.text() ?? "")) return [];
  if (query !== undefined && secret === undefined)
    return [refusal(query, "authQuery needs authQuerySecret or serverTLSSecret, and neither is set")];
  if (query === undefined && secret !== undefined)
    return [refusal(secret, `${String(secret.yamlPath.at(-1))} needs authQuery, which is not set`)];
  return [];
}

/** The webhook's functions validate…Change; a test asks them. */
export const changesRefusedByCnpg = allOf(
  staysOnceThere(["spec", "walStorage"], "walStorage cannot be disabled once configured"),
  keepsItsItems(["spec", "tablespaces"], "no tablespace can be deleted once created"),
  keepsItsValue(["spec", "postgresUID"], "UID is an immutable field in the spec", "26"),
  keepsItsValue(["spec", "postgresGID"], "GID is an immutable field in the spec", "26"),
  slotPrefixChanges,
  walLevelFalls,
  imageAndParametersAtOnce,
);

const slots = ["spec", "replicationSlots", "highAvailability"] as const;

function slotPrefixChanges(before: YamlNode, after: YamlNode): readonly RefusedChange[] {
  const enabled = before.at(...slots, "enabled");
  if (enabled !== undefined && enabled.boolean() !== true) return [];
  return keepsItsValue(
    [...slots, "slotPrefix"],
    "Cannot change replication slot prefix while highAvailability is enabled",
    "_cnpg_",
  )(before, after);
}

function walLevelFalls(before: YamlNode, after: YamlNode): readonly RefusedChange[] {
  const field = ["spec", "postgresql", "parameters", "wal_level"] as const;
  const [was, at] = [before.at(...field), after.at(...field)];
  const old = was?.text() ?? "logical";
  if (at?.text() !== "minimal" || old === "minimal" || hasPlaceholder(old)) return [];
  return [{ field, at, was, says: "Change of `wal_level` to `minimal` not allowed on an existing cluster" }];
}

function imageAndParametersAtOnce(before: YamlNode, after: YamlNode): readonly RefusedChange[] {
  if (after.text("spec", "primaryUpdateMethod") !== "switchover") return [];
  const field = ["spec", "imageName"] as const;
  const [was, at] = [before.at(...field), after.at(...field)];
  const [old, young] = [before, after].map(parametersOf);
  const isOpen = hasPlaceholder(`${was?.text()} ${at?.text()} ${old} ${young}`);
  if (was === undefined || at === undefined || isOpen || was.text() === at.text() || old === young) return [];
  const says =
    "Can't change image name and configuration at the same time when `primaryUpdateMethod` is set to `switchover`";
  return [{ field, at, was, says }];
}

/** Their order means nothing. */
function parametersOf(node: YamlNode): string {
  const entries = node.at("spec", "postgresql", "parameters")?.entries() ?? [];
  return JSON.stringify(entries.map(([name, value]) => [name, value.text()]).sort());
}

/** Of the data, the WAL and each tablespace; a size wins over the request of its template. */
export function sizesOfCnpg(node: YamlNode): ReadonlyMap<string, YamlNode> {
  const sizes = new Map<string, YamlNode>();
  const add = (name: string, storage: YamlNode | undefined): void => {
    const size = storage?.at("size") ?? storage?.at("pvcTemplate", "resources", "requests", "storage");
    if (size !== undefined) sizes.set(name, size);
  };
  add("data", node.at("spec", "storage"));
  add("WAL", node.at("spec", "walStorage"));
  for (const tablespace of node.at("spec", "tablespaces")?.items() ?? [])
    add(`tablespace ${tablespace.text("name") ?? "without a name"}`, tablespace.at("storage"));
  return sizes;
}
