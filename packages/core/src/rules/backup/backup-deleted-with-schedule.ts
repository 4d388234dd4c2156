import { nameOf } from "../../domain/model/names.ts";
import { groupOf } from "../../facts/kinds.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { setValue } from "../../yaml/edit.ts";

export default defineRule({
  id: "backup-deleted-with-schedule",
  subject: "resource",
  kinds: ["Schedule"],
  meta: {
    summary: "Deleting the Schedule of Velero deletes the backups that it took.",
    rationale:
      "With `useOwnerReferencesInBackup` the Schedule owns its Backup objects: a renamed, moved or pruned Schedule takes all of them along, and the restore that is needed next finds nothing to choose from.",
    remedy: "Set `useOwnerReferencesInBackup: false`, the default; backups then expire by their ttl only.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "safe",
    needs: "file",
    references: ["https://velero.io/docs/main/api-types/schedule/"],
  },
  check(schedule, { report }) {
    const owner = schedule.node.at("spec", "useOwnerReferencesInBackup");
    if (groupOf(schedule.apiVersion) !== "velero.io" || owner?.boolean() !== true) return;
    report({
      message: `Deleting or renaming ${nameOf(schedule)} deletes all Backup objects it made (useOwnerReferencesInBackup).`,
      at: owner,
      fixes: [
        editFix({
          title: "Set useOwnerReferencesInBackup to false",
          safety: "safe",
          consequence: "Backups taken from now on stay until their ttl; those that exist keep their owner.",
          edits: setValue(owner, false),
        }),
      ],
    });
  },
});
