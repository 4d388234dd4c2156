import { nameOf } from "../../domain/model/names.ts";
import { cnpgAcceptedValues, cnpgFixedParameters } from "../../facts/cnpg-parameters.ts";
import { hasPlaceholder, integerFact } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import { defineRule } from "../../rule/rule.ts";
import { keyOf, type Place, type YamlNode } from "../../yaml/node.ts";

export default defineRule({
  id: "cnpg-cluster-refused",
  subject: "database",
  operator: "cloudnative-pg",
  meta: {
    summary: "CloudNativePG's webhook refuses the Cluster.",
    rationale:
      "The operator owns some parameters of PostgreSQL, and it counts whether there are enough standbys for synchronous replication. What it refuses is not applied at all: neither this change nor any other in the same resource.",
    remedy: "Remove the parameter, or set the field that the message names.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://cloudnative-pg.io/documentation/current/postgresql_conf/#fixed-parameters",
      "https://cloudnative-pg.io/documentation/current/replication/#synchronous-replication",
    ],
    quietWhen: "a number is filled in later, or standbys outside the Cluster are named.",
  },
  check({ resource }, { report }) {
    const fixed = fixedParameters(resource);
    const [first] = fixed;
    if (first !== undefined)
      report({
        message: `CloudNativePG refuses ${nameOf(resource)}: it sets ${fixed.map(([name]) => name).join(", ")} itself${first[0] === "shared_preload_libraries" ? " (spec.postgresql.shared_preload_libraries takes the list)" : ""}.`,
        at: first[1],
        related: fixed.slice(1, 5).map(([name, at]) => ({ message: name, at })),
      });
    for (const source of unknownSources(resource))
      report({
        message: `CloudNativePG refuses ${nameOf(resource)}: its externalClusters have no ${source.text()}.`,
        at: source,
        // A patch replaces the whole list.
        related: (resource.node.at("spec", "externalClusters")?.items() ?? [])
          .slice(0, 4)
          .map((each) => ({ message: "what they have", at: each.nearest("name") })),
      });
    const standbys = missingStandbys(resource);
    if (standbys !== undefined)
      report({
        message: `CloudNativePG refuses ${nameOf(resource)}: ${standbys.field} ${standbys.wanted} needs ${standbys.wanted} ${standbys.wanted === 1 ? "standby" : "standbys"}, and of ${standbys.instances} ${standbys.instances === 1 ? "instance" : "instances"} ${standbys.instances - 1} can be one. Where an older operator accepted it, every commit waits.`,
        at: standbys.at,
      });
  },
});

/** External clusters that the bootstrap names and that are not listed. */
function unknownSources({ node }: Resource): readonly YamlNode[] {
  const listed = (node.at("spec", "externalClusters")?.items() ?? []).map((each) => each.text("name") ?? "");
  if (listed.some(hasPlaceholder)) return [];
  return sourceFields.flatMap((path) => {
    const source = node.at("spec", ...path);
    const name = source?.text() ?? "";
    return source === undefined || name === "" || hasPlaceholder(name) || listed.includes(name) ? [] : [source];
  });
}

const sourceFields = [
  ["bootstrap", "recovery", "source"],
  ["bootstrap", "pg_basebackup", "source"],
  ["replica", "source"],
] as const;

function fixedParameters(resource: Resource): readonly (readonly [string, Place])[] {
  const accepted = new Map(Object.entries({ ...cnpgAcceptedValues, archive_mode: archiveMode(resource) }));
  const isAccepted = (name: string, text: string | undefined): boolean => {
    if (!accepted.has(name)) return false;
    const own = accepted.get(name);
    return own === undefined || text === undefined || hasPlaceholder(text) || text === own;
  };
  const parameters = resource.node.at("spec", "postgresql", "parameters")?.entries() ?? [];
  return parameters.flatMap(([name, value]) =>
    cnpgFixedParameters.has(name) && !isAccepted(name, value.text()) ? [[name, keyOf(value)] as const] : [],
  );
}

/** What the operator sets it to; undefined: that is filled in later. https://cloudnative-pg.io/documentation/current/wal_archiving/ */
function archiveMode({ node, annotations }: Resource): string | undefined {
  const skips = annotations["cnpg.io/skipWalArchiving"];
  if (skips !== undefined && hasPlaceholder(skips)) return undefined;
  if (skips === "enabled") return "off";
  return node.at("spec", "replica") === undefined ? "on" : "always";
}

interface Missing {
  readonly field: string;
  readonly wanted: number;
  readonly instances: number;
  readonly at: Place;
}

function missingStandbys({ node }: Resource): Missing | undefined {
  const instances = integerFact(node, ["spec", "instances"], 1).value;
  if (instances === undefined) return undefined;
  const synchronous = node.at("spec", "postgresql", "synchronous");
  const others = [synchronous?.at("standbyNamesPre"), synchronous?.at("standbyNamesPost")];
  if (others.some((names) => (names?.items().length ?? 0) > 0)) return undefined;
  for (const path of [
    ["spec", "postgresql", "synchronous", "number"],
    ["spec", "minSyncReplicas"],
    ["spec", "maxSyncReplicas"],
  ]) {
    const at = node.at(...path);
    const wanted = at?.integer();
    if (at !== undefined && wanted !== undefined && wanted > 0 && wanted >= instances)
      return { field: path.slice(1).join("."), wanted, instances, at };
  }
  return undefined;
}
