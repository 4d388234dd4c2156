import { nameOf } from "../../domain/model/names.ts";
import { hasLimitRange } from "../../domain/workspace/conditions.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-without-memory-limit",
  subject: "pooler",
  meta: {
    summary: "The pooler has neither memory request nor limit.",
    rationale:
      "A Pod without requests is in the BestEffort class: it is killed first. All clients lose their connections together.",
    remedy: "Set a memory request and limit; 64Mi to 256Mi suit most PgBouncers.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/"],
    quietWhen: "a LimitRange is in view.",
  },
  check({ container, resource, isSidecar }, { workspace, report }) {
    if (container === undefined || isSidecar) return;
    if (container.resource("limits", "memory") !== undefined || container.resource("requests", "memory") !== undefined)
      return;
    if (hasLimitRange(resource, workspace)) return;
    report({
      message: `${nameOf(resource)} has no memory request: a node short of memory kills it among the first, and every connection to the database with it.`,
      at: container.node.nearest("name"),
    });
  },
});
