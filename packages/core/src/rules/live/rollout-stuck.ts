import { conditionOf } from "../../domain/live/live-data.ts";
import { nameOf } from "../../domain/model/names.ts";
import { ageText, between, minutes } from "../../kube/ages.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "rollout-stuck",
  subject: "live",
  kinds: ["StatefulSet"],
  meta: {
    summary: "A rollout of a database's StatefulSet waits for a Pod that does not become ready.",
    rationale:
      "The controller goes from the last Pod to the first and waits for each. A Pod of a broken revision stops it for good: reverting the template is not enough, because the controller keeps waiting for that Pod.",
    remedy:
      "Revert the template, then delete the Pod that is not ready; its claim stays. (kubernetes/kubernetes#67250)",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "cluster",
    references: ["https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback"],
    quietWhen: "the Pod has been unready for less than ten minutes.",
  },
  check(set, { workspace, report }) {
    const { live, topology } = workspace;
    const current = set.node.text("status", "currentRevision");
    const update = set.node.at("status", "updateRevision");
    if (live === undefined || current === undefined || update === undefined || update.text() === current) return;
    if (topology.databaseOf(set) === undefined) return;
    for (const pod of live.podsOf(set)) {
      const ready = conditionOf(pod, "Ready");
      const age = between(ready?.since ?? pod.node.text("metadata", "creationTimestamp"), live.readAt);
      if (pod.labels["controller-revision-hash"] !== update.text() || ready?.status === "True") continue;
      if (age === undefined || age < minutes(10)) continue;
      report({
        message: `The rollout of ${nameOf(set)} waits for Pod ${pod.name}, which has not been ready for ${ageText(age)}: the Pods after it keep the old revision, and reverting the template does not end it.`,
        at: update,
        related: [{ message: "the Pod it waits for", at: pod.node.nearest("metadata", "name") }],
      });
      return;
    }
  },
});
