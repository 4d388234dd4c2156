import { nameOf } from "../../domain/model/names.ts";
import { ownArchive, restoredArchive } from "../../domain/operators/cnpg-archive.ts";
import { appliersOf, pruneOf } from "../../domain/workspace/gitops.ts";
import { isKeptFromPruning } from "../../kube/pruning.ts";
import type { Resource } from "../../kube/resource.ts";
import { defineRule } from "../../rule/rule.ts";
import type { YamlNode } from "../../yaml/node.ts";

export default defineRule({
  id: "cnpg-recovery-left-in-place",
  subject: "database",
  operator: "cloudnative-pg",
  meta: {
    summary: "A restored Cluster would be restored again from the old backup.",
    rationale:
      "`bootstrap` is read once, when a Cluster is created. While it still names a recovery, anyone who creates the Cluster again gets the data of that backup: a pruned file that comes back, a forced recreation, a new namespace.",
    remedy:
      "Once the Cluster runs, keep GitOps from deleting it (`Prune=false`, `kustomize.toolkit.fluxcd.io/prune: disabled`), and let its own backups be what a recovery names.",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "folder",
    references: ["https://cloudnative-pg.io/documentation/current/bootstrap/"],
    quietWhen:
      "nothing of Flux or Argo CD in view applies the file, an annotation keeps the Cluster from being pruned, it follows another one, or it is restored to the end of the archive that it writes itself: that holds today's data.",
  },
  check({ operator, resource, durability }, { workspace, report }) {
    const recovery = resource.node.at("spec", "bootstrap", "recovery");
    if (recovery === undefined || durability !== "durable" || isKeptFromPruning(resource)) return;
    if (operator?.followsAnother?.(resource.node) === true) return;
    if (isRestoredFromItself(resource, recovery)) return;
    const appliers = appliersOf(resource, workspace);
    const [applier] = appliers;
    if (applier === undefined) return;
    const source = recovery.text("source") ?? recovery.text("backup", "name");
    const mayRecreate = appliers.some(
      (each) => pruneOf(each) !== undefined || each.node.boolean("spec", "force") === true,
    );
    report({
      message: `Created again, ${nameOf(resource)} gets the data of ${source ?? "the old backup"}, not today's: bootstrap.recovery is still in the manifest that ${applier.kind === "Application" ? "Argo CD" : "Flux"} applies.`,
      at: recovery,
      point: "key",
      ...(mayRecreate ? { severity: "warning" as const } : {}),
    });
  },
});

/** Its own archive, replayed to the end: a base backup that is named (`backupID`) is only where the replay begins. */
function isRestoredFromItself({ node, name }: Resource, recovery: YamlNode): boolean {
  const source = restoredArchive(node);
  if (source === undefined || source.place !== ownArchive(node, name)) return false;
  return (recovery.at("recoveryTarget")?.entries() ?? []).every(([key]) => key === "backupID");
}
