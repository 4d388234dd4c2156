import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "database-in-deployment",
  subject: "database",
  meta: {
    summary: "A database runs in a Deployment instead of a StatefulSet.",
    rationale:
      "A Deployment gives its Pods new names and may run two of them at once. One replica with strategy Recreate is safe; a StatefulSet is safe by design.",
    remedy: "Use a StatefulSet, or keep one replica and set `strategy.type: Recreate`.",
    severity: "info",
    presets: [],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#using-statefulsets"],
    quietWhen: "the data is not on a claim, or is declared a cache or ephemeral.",
  },

  check({ resource, dataDirectory, durability, instances }, { report }) {
    if (
      !/^(Deployment|ReplicaSet|ReplicationController|DeploymentConfig)$/.test(resource.kind) ||
      durability !== "durable"
    )
      return;
    const source = dataDirectory?.mount?.volume?.source;
    if (source !== "claim" || instances.value !== 1) return;
    report({
      message: `${nameOf(resource)} runs a database: its Pod has no stable name, and a rollout may start the new Pod before the old one is gone.`,
      at: resource.node.nearest("kind"),
    });
  },
});
