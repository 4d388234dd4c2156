import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "update-waits-for-deletion",
  subject: "database",
  meta: {
    summary: "Changes to the StatefulSet reach no Pod until someone deletes that Pod.",
    rationale:
      "With `updateStrategy: OnDelete` a new image, password or setting is applied, `kubectl` reports success, and every Pod keeps the old one until it happens to be recreated, each at its own time.",
    remedy: "Use `type: RollingUpdate`, unless an operator deletes the Pods in the right order.",
    severity: "info",
    presets: [],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#on-delete"],
  },
  check({ resource }, { report }) {
    const type = resource.node.at("spec", "updateStrategy", "type");
    if (resource.kind !== "StatefulSet" || type?.value !== "OnDelete") return;
    report({
      message: `A changed image or setting reaches no Pod of ${nameOf(resource)} until someone deletes that Pod (updateStrategy OnDelete).`,
      at: type,
    });
  },
});
