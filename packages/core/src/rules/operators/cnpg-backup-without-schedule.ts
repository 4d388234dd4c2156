import { nameOf } from "../../domain/model/names.ts";
import { namespacesAgree } from "../../kube/namespace.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "cnpg-backup-without-schedule",
  subject: "database",
  operator: "cloudnative-pg",
  meta: {
    summary: "A CloudNativePG Cluster has a backup configuration but no schedule.",
    rationale:
      "The backup section says where, not when. WAL alone cannot be restored: a recovery begins with a base backup.",
    remedy: "Add a ScheduledBackup (six fields: `0 0 2 * * *` is daily at 02:00).",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "folder",
    misses: ["ScheduledBackup", "Backup"],
    references: ["https://cloudnative-pg.io/documentation/current/backup/#scheduled-backups"],
  },
  check({ resource }, { workspace, report }) {
    const archive =
      resource.node.at("spec", "backup", "barmanObjectStore") ??
      (resource.node.at("spec", "plugins")?.items() ?? [])
        .map((each) => each.at("name"))
        .find((name) => /barman/.test(name?.string() ?? ""));
    const at = archive ?? resource.node.at("spec", "backup", "volumeSnapshot");
    if (at === undefined) return;
    const isMeant = (each: Resource): boolean => {
      const name = each.node.text("spec", "cluster", "name");
      return (
        (name === resource.name || (name !== undefined && hasPlaceholder(name))) && namespacesAgree(each, resource)
      );
    };
    const { resources } = workspace.everything;
    if ([...resources.ofKind("ScheduledBackup"), ...resources.ofKind("Backup")].some(isMeant)) return;
    report({
      message:
        archive === undefined
          ? `${nameOf(resource)} is set up for volume snapshots, but no ScheduledBackup in view says when: none is taken.`
          : `${nameOf(resource)} archives WAL, but no ScheduledBackup in view takes a base backup: without one the archive cannot be restored, and it only grows.`,
      at,
      point: "key",
    });
  },
});
