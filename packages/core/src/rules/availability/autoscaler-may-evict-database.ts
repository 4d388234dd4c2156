import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

const annotation = "cluster-autoscaler.kubernetes.io/safe-to-evict";

export default defineRule({
  id: "autoscaler-may-evict-database",
  subject: "database",
  meta: {
    summary: "The cluster autoscaler is told that it may evict the only instance of a database.",
    rationale:
      'With `safe-to-evict: "true"` the autoscaler removes the node under the Pod to save a machine, even at noon, and even where a local volume would have prevented it.',
    remedy: 'Remove the annotation, or write `"false"`.',
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/FAQ.md"],
    quietWhen: "several instances run, or the data is a cache.",
  },
  check({ workload, resource, durability, instances }, { report }) {
    const written = workload?.template.at("metadata", "annotations", annotation);
    if (written?.text() !== "true" || durability !== "durable" || instances.value !== 1) return;
    report({
      message: `The cluster autoscaler may evict the only Pod of ${nameOf(resource)} whenever its node is underused (safe-to-evict "true"): the database is down until the Pod runs elsewhere.`,
      at: written,
    });
  },
});
