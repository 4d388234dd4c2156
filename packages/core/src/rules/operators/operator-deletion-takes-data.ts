import { nameOf } from "../../domain/model/names.ts";
import { writtenDeletions } from "../../domain/operators/deletion.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { removeItem, removeKey, setValue } from "../../yaml/edit.ts";

export default defineRule({
  id: "operator-deletion-takes-data",
  subject: "database",
  meta: {
    summary: "Deleting the custom resource deletes the data, by an explicit setting.",
    rationale:
      "These operators keep the claims when the custom resource goes, unless a finalizer or retention policy says otherwise. A pruned or renamed object then takes all data with it.",
    remedy: "Remove the finalizer, or set the policy to Retain.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "safe",
    needs: "file",
    references: ["https://docs.percona.com/percona-operator-for-mysql/pxc/delete.html"],
    quietWhen:
      "nothing is set: CloudNativePG, PGO and Zalando then delete by their own default, which their documentation describes.",
  },
  check(database, { report }) {
    const { operator, resource, durability } = database;
    if (operator === undefined || durability !== "durable") return;
    const finalizers = resource.node.at("metadata", "finalizers");
    for (const { takes, because, at } of writtenDeletions(database)) {
      const index = finalizers?.items().indexOf(at) ?? -1;
      const keeps = operator.claimDeletion?.keeps ?? "Retain";
      report({
        message: `Deleting ${nameOf(resource)} also deletes its ${takes === "backups" ? "backups" : "claims and their data"} (${because}).`,
        at,
        fixes: [
          editFix({
            title: index < 0 ? `Set ${String(at.yamlPath.at(-1))} to ${keeps}` : `Remove the ${because}`,
            safety: "safe",
            consequence: "Claims stay when the object is deleted.",
            edits:
              finalizers === undefined || index < 0
                ? setValue(at, keeps)
                : (removeItem(finalizers, index) ?? removeKey(resource.node.nearest("metadata"), "finalizers")),
          }),
        ],
      });
    }
  },
});
