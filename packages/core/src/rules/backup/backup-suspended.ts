import { pauseOf } from "../../domain/backup/pause.ts";
import { nameOf } from "../../domain/model/names.ts";
import { namespacesAgree } from "../../kube/namespace.ts";
import type { Resource } from "../../kube/resource.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { setValue } from "../../yaml/edit.ts";

export default defineRule({
  id: "backup-suspended",
  subject: "backup",
  meta: {
    summary: "A scheduled backup is suspended.",
    rationale:
      "It was suspended for a migration and forgotten: everything is green while the newest backup gets older.",
    remedy:
      "Set `suspend: false` (Velero: `paused: false`), or remove the schedule and document where the backup is taken instead.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "unsafe",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-suspension"],
    quietWhen: "another backup of the same databases runs, or a MariaDB makes its new replicas from it.",
  },
  check(backup, { workspace, report }) {
    const { resource } = backup;
    const pause = pauseOf(resource);
    if (pause === undefined || isTemplate(resource, workspace.resources)) return;
    const others = workspace.topology.backups.filter(
      (each) =>
        each.resource !== resource &&
        // What a cluster is configured for is taken only when a schedule says so.
        each.schedule !== undefined &&
        pauseOf(each.resource) === undefined,
    );
    if (others.some((each) => each.databases.some((database) => backup.databases.includes(database)))) return;
    report({
      message: `${nameOf(resource)} takes no backup: it is suspended, and nothing else in view backs up the same data.`,
      at: pause.at,
      fixes: [
        editFix({
          title: `Set ${pause.key} to false`,
          safety: "unsafe",
          consequence: `${nameOf(resource)} resumes at its next scheduled time.`,
          edits: setValue(pause.at, false),
        }),
      ],
    });
  },
});

/** mariadb-operator takes it by itself when a replica is added, from a PhysicalBackup that never runs on its schedule. */
function isTemplate(backup: Resource, resources: ResourceIndex): boolean {
  return (
    backup.kind === "PhysicalBackup" &&
    resources
      .ofKind("MariaDB")
      .some(
        (each) =>
          namespacesAgree(each, backup) &&
          each.node.text("spec", "replication", "replica", "bootstrapFrom", "physicalBackupTemplateRef", "name") ===
            backup.name,
      )
  );
}
