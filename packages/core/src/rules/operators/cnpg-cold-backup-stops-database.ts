import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "cnpg-cold-backup-stops-database",
  subject: "database",
  operator: "cloudnative-pg",
  meta: {
    summary: "Each volume snapshot stops the only server, or the primary.",
    rationale:
      "A cold snapshot (`online: false`) fences the instance it is taken from: PostgreSQL is down until the snapshot is cut. On a standby nobody notices; a single instance, or target primary, is the database itself.",
    remedy: "Set `online: true`, or take it from a standby (`target: prefer-standby` and a second instance).",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://cloudnative-pg.io/documentation/current/appendixes/backup_volumesnapshot/"],
    quietWhen: "there is a standby to take it from, or the number of instances is filled in later.",
  },
  check({ instances, resource }, { report }) {
    const at = resource.node.at("spec", "backup", "volumeSnapshot", "online");
    const isPrimary = resource.node.text("spec", "backup", "target") === "primary";
    if (at?.boolean() !== false || (!isPrimary && instances.value !== 1)) return;
    report({
      message: `Each volume snapshot of ${nameOf(resource)} stops ${isPrimary ? "its primary (target: primary)" : "its only instance"}: online is false.`,
      at,
    });
  },
});
