import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "two-budgets-on-one-workload",
  subject: "database",
  meta: {
    summary: "Two PodDisruptionBudgets select the same Pods, so none of them can be evicted.",
    rationale:
      "The eviction API answers `This pod has more than one PodDisruptionBudget, which the eviction subresource does not support`. Drains wait forever, whatever the numbers say.",
    remedy: "Keep one budget, or give them different selectors.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    reportsAt: ["PodDisruptionBudget"],
    references: ["https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/"],
  },
  check({ workload, resource }, { workspace, report }) {
    if (workload === undefined) return;
    const budgets = workspace.resources.selecting("PodDisruptionBudget", workload);
    const first = budgets.find((each) => !each.isUnsettled);
    const second = budgets.find((each) => !each.isUnsettled && each.name !== first?.name);
    if (first === undefined || second === undefined) return;
    report({
      message: `No Pod of ${nameOf(resource)} can be evicted: ${first.name} and ${second.name} both select it, and the eviction API allows only one.`,
      at: second.node.nearest("spec", "selector"),
      point: "key",
      subject: second,
      related: [{ message: "the other budget", at: first.node.nearest("spec", "selector") }],
    });
  },
});
