import { nameOf } from "../../domain/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-without-disruption-budget",
  subject: "pooler",
  meta: {
    summary: "No PodDisruptionBudget protects the pooler's Pods.",
    rationale: "All clients go through the pooler: losing all its Pods is losing the database.",
    remedy: "Add a PodDisruptionBudget with `maxUnavailable: 1`, and spread the Pods over nodes.",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "folder",
    references: ["https://kubernetes.io/docs/tasks/run-application/configure-pdb/"],
    quietWhen: "one Pod runs, or it is a sidecar.",
  },
  check({ instances, isSidecar, resource, workload }, { workspace, report }) {
    if (
      workload === undefined ||
      isSidecar ||
      resource.isPatched ||
      resource.kind !== "Deployment" ||
      instances.value === undefined ||
      instances.value < 2
    )
      return;
    if (workspace.everything.resources.selecting("PodDisruptionBudget", workload).length > 0) return;
    const isSpread =
      workload.podSpec.at("affinity", "podAntiAffinity") !== undefined ||
      workload.podSpec.at("topologySpreadConstraints") !== undefined;
    report({
      message: `Nothing keeps a node drain from evicting all ${instances.value} Pods of ${nameOf(resource)} at once${isSpread ? "" : ", and nothing spreads them over nodes"}: until one is back nobody reaches the database.`,
      at: instances.at,
    });
  },
});
