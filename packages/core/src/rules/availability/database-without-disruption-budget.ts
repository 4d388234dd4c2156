import { all, nameOf } from "../../domain/model/names.ts";
import { isReplicated } from "../../domain/workspace/conditions.ts";
import { readLabels } from "../../kube/selector.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { appendDocument } from "../../yaml/edit.ts";

export default defineRule({
  id: "database-without-disruption-budget",
  subject: "database",
  meta: {
    summary: "No PodDisruptionBudget protects the instances of a replicated database.",
    rationale:
      "Draining nodes evicts Pods as fast as budgets allow. Without one, a cluster upgrade may evict all members, or the majority, at the same moment.",
    remedy: "Add a PodDisruptionBudget whose selector matches the instances, with `maxUnavailable: 1`.",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "unsafe",
    needs: "folder",
    misses: ["PodDisruptionBudget"],
    references: ["https://kubernetes.io/docs/tasks/run-application/configure-pdb/"],
    quietWhen: "one instance runs, nothing proves replication, or an operator owns the Pods.",
  },

  check(database, { workspace, report }) {
    const { workload, instances, resource, durability } = database;
    if (workload === undefined || instances.value === undefined || instances.value < 2 || durability !== "durable")
      return;
    if (!isReplicated(database) || resource.kind === "DaemonSet") return;
    if (workspace.everything.resources.selecting("PodDisruptionBudget", workload).length > 0) return;
    const matchLabels = readLabels(resource.node.at("spec", "selector", "matchLabels"));
    // A selector that the Pods do not match protects nothing.
    const labels = Object.entries(matchLabels);
    const isSelected = labels.length > 0 && labels.every(([key, value]) => workload.podLabels[key] === value);
    const budget = {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: {
        name: resource.name,
        ...(resource.namespace === undefined ? {} : { namespace: resource.namespace }),
      },
      spec: { maxUnavailable: 1, selector: { matchLabels } },
    };
    report({
      message: `No PodDisruptionBudget keeps a node drain from evicting ${all(instances.value)} instances of ${nameOf(resource)} at once.`,
      at: instances.at,
      ...(instances.value >= 3 ? { severity: "warning" as const } : {}),
      fixes: [
        editFix({
          title: "Add a PodDisruptionBudget with maxUnavailable 1",
          safety: "unsafe",
          consequence: "Adds an object to the file; one unhealthy instance then blocks node drains.",
          edits: isSelected ? appendDocument(resource.document.file, budget) : undefined,
        }),
      ],
    });
  },
});
