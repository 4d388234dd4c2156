import { nameOf } from "../../domain/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "cnpg-backup-without-schedule",
  subject: "database",
  meta: {
    summary: "A CloudNativePG Cluster has a backup configuration and no schedule.",
    rationale:
      "The backup section says where, not when. WAL alone restores nothing: a recovery begins with a base backup.",
    remedy: "Add a ScheduledBackup (six fields: `0 0 2 * * *` is daily at 02:00).",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "folder",
    references: ["https://cloudnative-pg.io/documentation/current/backup/#scheduled-backups"],
  },
  check({ operator, resource }, { workspace, report }) {
    if (operator !== "cloudnative-pg" || resource.isPatched) return;
    const store =
      resource.node.at("spec", "backup", "barmanObjectStore") ?? resource.node.at("spec", "backup", "volumeSnapshot");
    const plugin = (resource.node.at("spec", "plugins")?.items() ?? []).find((each) =>
      /barman/.test(each.string("name") ?? ""),
    );
    const at = store ?? plugin;
    if (at === undefined) return;
    const schedules = workspace.everything.resources
      .ofKind("ScheduledBackup")
      .filter(
        (each) =>
          each.node.string("spec", "cluster", "name") === resource.name &&
          (each.namespace === undefined || resource.namespace === undefined || each.namespace === resource.namespace),
      );
    if (schedules.length > 0) return;
    report({
      message: `${nameOf(resource)} archives WAL${store === undefined ? "" : " or may take snapshots"} and no ScheduledBackup in view takes a base backup of it: without one the archive restores nothing, and grows.`,
      at,
      point: "key",
    });
  },
});
