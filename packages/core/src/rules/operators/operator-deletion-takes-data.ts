import { nameOf } from "../../domain/model/names.ts";
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
  check({ operator, resource, durability }, { report }) {
    if (operator === undefined || durability !== "durable") return;
    const list = resource.node.at("metadata", "finalizers");
    for (const [index, finalizer] of (list?.items() ?? []).entries()) {
      const taken = /delete-(pxc-pvc|psmdb-pvc|pvc|mysql-pvc|backups)$/.exec(finalizer.string() ?? "")?.[1];
      if (taken === undefined) continue;
      report({
        message: `Deleting ${nameOf(resource)} also deletes its ${taken === "backups" ? "backups" : "claims and their data"} (finalizer ${finalizer.string()}).`,
        at: finalizer,
        fixes: [
          editFix({
            title: `Remove the finalizer ${finalizer.string()}`,
            safety: "safe",
            consequence: "Claims stay when the object is deleted.",
            edits:
              list === undefined
                ? undefined
                : (removeItem(list, index) ?? removeKey(resource.node.nearest("metadata"), "finalizers")),
          }),
        ],
      });
    }
    const { claimDeletion } = operator;
    const policy = claimDeletion && resource.node.at(...claimDeletion.path);
    if (claimDeletion !== undefined && policy !== undefined && policy.string() === claimDeletion.deletes) {
      const { path, deletes, keeps } = claimDeletion;
      const field = path.at(-1);
      report({
        message: `Deleting ${nameOf(resource)} also deletes its claims and their data (${field}: ${deletes}).`,
        at: policy,
        fixes: [
          editFix({
            title: `Set ${field} to ${keeps}`,
            safety: "safe",
            consequence: "Claims stay when the object is deleted.",
            edits: setValue(policy, keeps),
          }),
        ],
      });
    }
  },
});
