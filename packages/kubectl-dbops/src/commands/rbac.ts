import { kindsAroundClaims, kindsInClusters, kindsThatConnect } from "@dbops/core";
import { clusterVerbs } from "../choices.ts";
import type { ServedKind } from "../cluster/source.ts";
import type { Arguments } from "../flags.ts";
import { type Io, UsageError } from "../io.ts";
import { didYouMean } from "../meaning.ts";
import { openSource } from "./cluster-request.ts";

/** Prints the smallest ClusterRole with which a verb reads all that it can use of this cluster. */
export async function runRbac(args: Arguments, io: Io): Promise<number> {
  const [given] = args.positionals;
  const choices = clusterVerbs.join(", ");
  if (given === undefined) throw new UsageError(`rbac for what? ${choices}`);
  const verb = clusterVerbs.find((each) => each === given);
  if (verb === undefined) throw new UsageError(`no role for ${given}${didYouMean(given, clusterVerbs, choices)}`);
  const source = await openSource(args, io);
  const served = await source.served(kindsFor[verb]());
  io.out(roleText(`dbops-${verb}`, served, more[verb] ?? []));
  return 0;
}

/** What a verb reads; of the kinds that manifests may have, `diff` and `plan` list those that they write. */
const kindsFor: Readonly<Record<(typeof clusterVerbs)[number], typeof kindsInClusters>> = {
  scan: kindsInClusters,
  backups: kindsInClusters,
  pool: kindsThatConnect,
  diff: kindsInClusters,
  plan: kindsInClusters,
  pvc: kindsAroundClaims,
  "pvc-inspect": kindsAroundClaims,
  "pvc-protect": kindsAroundClaims,
};

/** What a verb does besides reading: resources of the core group and verbs. */
const more: Partial<
  Readonly<Record<(typeof clusterVerbs)[number], readonly (readonly [resource: string, verbs: string])[]>>
> = {
  "pvc-inspect": [
    ["pods", "create, get, delete"],
    ["pods/log", "get"],
  ],
  "pvc-protect": [["persistentvolumes", "patch"]],
};

/** One rule for each API group, its resources by name. */
function roleText(
  name: string,
  served: readonly ServedKind[],
  others: NonNullable<(typeof more)["pvc-inspect"]>,
): string {
  const groups = new Map<string, Set<string>>();
  for (const { group, plural } of served) groups.set(group, (groups.get(group) ?? new Set()).add(plural));
  const rules = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([group, plurals]) => ruleLines(group, [...plurals].sort(), "list"));
  return [
    "apiVersion: rbac.authorization.k8s.io/v1",
    "kind: ClusterRole",
    "metadata:",
    `  name: ${name}`,
    "rules:",
    ...rules,
    ...others.flatMap(([resource, verbs]) => ruleLines("", [resource], verbs)),
    "",
  ].join("\n");
}

function ruleLines(group: string, plurals: readonly string[], verbs: string): readonly string[] {
  return [
    `  - apiGroups: [${JSON.stringify(group)}]`,
    "    resources:",
    ...plurals.map((plural) => `      - ${plural}`),
    `    verbs: [${verbs}]`,
  ];
}
