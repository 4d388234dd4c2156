import { count, nameOf } from "../../domain/model/names.ts";
import { allowedDisruptions } from "../../kube/disruption.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "budget-blocks-every-drain",
  subject: "resource",
  kinds: ["PodDisruptionBudget"],
  meta: {
    summary: "A PodDisruptionBudget allows no disruption at all.",
    rationale:
      "A budget whose minimum equals the number of Pods makes every `kubectl drain` wait. Node upgrades hang for days, until someone deletes the Pod by hand, without any protection.",
    remedy: "Use `maxUnavailable: 1`; for a single instance plan the downtime, or run a replica.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/tasks/run-application/configure-pdb/"],
    quietWhen: "no database or pooler in view is selected.",
  },

  check(budget, { workspace, report }) {
    const [workload] = workspace.resources.selectedBy(budget);
    if (workload === undefined || workload.resource.isUnsettled) return;
    const database = workspace.topology.databaseOf(workload);
    const pooler = workspace.topology.poolers.find((candidate) => candidate.workload === workload);
    const pods = workload.replicas.value;
    if ((database === undefined && pooler === undefined) || pods === undefined) return;
    const limit = allowedDisruptions(budget, pods);
    if (limit === undefined || limit.allowed > 0) return;
    report({
      message: `${nameOf(budget)} allows no eviction from ${nameOf(workload.resource)} (${count(pods, "Pod")}, ${limit.field} ${limit.node.text() ?? ""}): a node drain waits until someone deletes the Pod by hand.`,
      at: limit.node,
      ...(pods === 1 ? { severity: "info" as const } : {}),
      related: [{ message: "the Pods", at: workload.replicas.at }],
    });
  },
});
