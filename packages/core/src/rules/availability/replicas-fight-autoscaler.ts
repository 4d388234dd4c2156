import { nameOf } from "../../domain/model/names.ts";
import { podAutoscalersOf } from "../../domain/workspace/conditions.ts";
import { isLive } from "../../kube/live-world.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "replicas-fight-autoscaler",
  subject: "pooler",
  meta: {
    summary: "A pooler has a fixed number of replicas and an autoscaler.",
    rationale:
      "Each apply resets the number to the one in the manifest: under load the poolers are scaled down at every release, and all their clients lose their connections.",
    remedy:
      "Remove `replicas` from the manifest. If you use kubectl apply, first take it out of the last-applied annotation (`kubectl apply edit-last-applied`), or it drops to 1 for a moment.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#migrating-deployments-and-statefulsets-to-horizontal-autoscaling",
    ],
  },
  check({ workload, resource }, { workspace, report }) {
    const replicas = resource.node.at("spec", "replicas");
    // A live object always has a number: who wrote it cannot be seen.
    if (workload === undefined || replicas?.integer() === undefined || isLive(resource)) return;
    const [autoscaler] = podAutoscalersOf(workload, workspace.resources);
    if (autoscaler === undefined || autoscaler.isUnsettled) return;
    report({
      message: `Each apply sets ${nameOf(resource)} back to ${replicas.integer()}, whatever ${nameOf(autoscaler)} has scaled it to.`,
      at: replicas,
      related: [{ message: "the autoscaler", at: autoscaler.node.nearest("spec", "scaleTargetRef") }],
    });
  },
});
