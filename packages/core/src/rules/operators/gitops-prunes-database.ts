import type { Database } from "../../domain/model/database.ts";
import { nameOf } from "../../domain/model/names.ts";
import type { Workspace } from "../../domain/model/workspace.ts";
import { deletesClaims } from "../../domain/operators/deletion.ts";
import { appliedFolder, databasesIn, pruneOf } from "../../domain/workspace/gitops.ts";
import { isKeptFromPruning } from "../../kube/pruning.ts";
import type { Resource } from "../../kube/resource.ts";
import { defineRule } from "../../rule/rule.ts";
import { firstListed } from "../../text/listed.ts";
import { oncePer } from "../../text/once.ts";
import type { YamlNode } from "../../yaml/node.ts";

export default defineRule({
  id: "gitops-prunes-database",
  subject: "resource",
  kinds: ["Kustomization", "Application"],
  meta: {
    summary: "Automated pruning deletes an operator's database when its file is moved or removed.",
    rationale:
      "What is no longer in the repository is deleted from the cluster: a renamed folder, a broken overlay, a merge that drops a line. An operator's resource takes the claims it owns with it; those of a StatefulSet would stay.",
    remedy:
      "Annotate the database with `kustomize.toolkit.fluxcd.io/prune: disabled`, or with `argocd.argoproj.io/sync-options: Prune=confirm,Delete=confirm`.",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "folder",
    references: [
      "https://fluxcd.io/flux/components/kustomize/kustomizations/#prune",
      "https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#no-prune-resources",
    ],
    quietWhen:
      "each operator's database under its path is annotated or its operator keeps the claims, or pruning is not automated.",
  },
  check(resource, { workspace, report, isOff }) {
    if (pruneOf(resource) === undefined) return;
    // The switch is usually on everywhere: one finding says it for the repository, at the first that prunes.
    const pruned = prunedIn(workspace.everything);
    const isSame = (each: Pruned): boolean => each.resource.kind === resource.kind && !isOff(each.resource);
    const first = pruned.find(isSame);
    if (first === undefined || placeOf(first.resource) !== placeOf(resource)) return;
    const same = pruned.filter(isSame);
    const databases = same.flatMap((each) => each.databases);
    const names = [...new Set(databases.map((database) => nameOf(database.resource)))];
    const folder = same.length === 1 ? first.folder : "its folder in the repository";
    report({
      message:
        names.length === 1
          ? `${toolOf(resource)} deletes ${names[0]} with all its claims when its file leaves ${folder} (prune), and no annotation on it prevents that.`
          : `${toolOf(resource)} deletes ${firstListed(names, 2)}, each with all its claims, when its file leaves ${folder} (prune${same.length === 1 ? "" : ` in ${same.length} ${resource.kind}s`}), and no annotation prevents that.`,
      at: first.prune,
      related: databases.slice(0, 3).map((database) => ({
        message: nameOf(database.resource),
        at: database.resource.node.nearest("metadata", "name"),
      })),
    });
  },
});

interface Pruned {
  readonly resource: Resource;
  readonly prune: YamlNode;
  readonly folder: string;
  readonly databases: readonly Database[];
}

/** What prunes operators' databases that nothing protects, in the order of files; what several units hold counts once. */
const prunedIn = oncePer((everything: Workspace["everything"]): readonly Pruned[] => {
  const found = new Map<string, Pruned>();
  for (const resource of [
    ...everything.resources.ofKind("Kustomization"),
    ...everything.resources.ofKind("Application"),
  ]) {
    const prune = pruneOf(resource);
    const folder = prune === undefined ? undefined : appliedFolder(resource);
    if (prune === undefined || folder === undefined) continue;
    const databases = databasesIn(folder, resource, { everything }).filter(
      (database) => deletesClaims(database) !== undefined && !isKeptFromPruning(database.resource),
    );
    if (databases.length > 0) found.set(placeOf(resource), { resource, prune, folder, databases });
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
});

/** File and place in it, in the order in which they are read. */
function placeOf({ document, node }: Resource): string {
  return `${document.file.uri} ${String(node.span.start).padStart(9, "0")}`;
}

function toolOf({ kind }: Resource): string {
  return kind === "Application" ? "Argo CD" : "Flux";
}
