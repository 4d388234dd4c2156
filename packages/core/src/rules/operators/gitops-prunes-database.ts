import { nameOf } from "../../domain/model/names.ts";
import { deletesClaims } from "../../domain/operators/deletion.ts";
import { appliedFolder, databasesIn, pruneOf } from "../../domain/workspace/gitops.ts";
import { isKeptFromPruning } from "../../kube/pruning.ts";
import { defineRule } from "../../rule/rule.ts";
import { firstListed } from "../../text/listed.ts";

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
  check(resource, { workspace, report }) {
    const prune = pruneOf(resource);
    const folder = prune === undefined ? undefined : appliedFolder(resource);
    if (prune === undefined || folder === undefined) return;
    const databases = databasesIn(folder, resource, workspace).filter(
      (database) => deletesClaims(database) !== undefined && !isKeptFromPruning(database.resource),
    );
    if (databases.length === 0) return;
    const names = [...new Set(databases.map((database) => nameOf(database.resource)))];
    const tool = resource.kind === "Application" ? "Argo CD" : "Flux";
    report({
      message:
        names.length === 1
          ? `${tool} deletes ${names[0]} with all its claims when its file leaves ${folder} (prune), and no annotation on it prevents that.`
          : `${tool} deletes ${firstListed(names, 2)}, each with all its claims, when its file leaves ${folder} (prune), and no annotation prevents that.`,
      at: prune,
      related: databases.slice(0, 3).map((database) => ({
        message: nameOf(database.resource),
        at: database.resource.node.nearest("metadata", "name"),
      })),
    });
  },
});
