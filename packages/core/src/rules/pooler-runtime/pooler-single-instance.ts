import { nameOf } from "../../domain/model/names.ts";
import { isReplicated } from "../../domain/workspace/conditions.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-single-instance",
  subject: "pooler",
  meta: {
    summary: "A single pooler Pod sits between all clients and the database.",
    rationale:
      "A pooler is light and keeps no state: two cost little. A single one is an outage at every node drain and update.",
    remedy: "Run two or more behind the Service, with a PodDisruptionBudget.",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/faq.html"],
    quietWhen: "it is a sidecar, or an autoscaler sets the number.",
  },
  check(pooler, { workspace, report }) {
    const { instances, isSidecar, resource, routes, workload } = pooler;
    if (instances.value !== 1 || isSidecar || resource.kind === "DaemonSet" || resource.kind === "Pod") return;
    if (
      workload !== undefined &&
      workspace.resources.targeting("HorizontalPodAutoscaler", workload.resource).length > 0
    )
      return;
    const behind = routes.flatMap((route) => (route.reaches.state === "database" ? [route.reaches.database] : []))[0];
    const isBehindReplicas =
      behind?.instances.value !== undefined && behind.instances.value > 1 && isReplicated(behind);
    // An operator's object is not the pooler: its database may well have replicas.
    const name = workload === undefined ? `The pooler of ${nameOf(resource)}` : nameOf(resource);
    report({
      message: isBehindReplicas
        ? `${name} runs as one Pod in front of ${behind.instances.value} instances of ${nameOf(behind.resource)}: while it moves, nobody gets through to any of them.`
        : `${name} runs as one Pod: while it moves to another node, nobody gets through to the database.`,
      at: instances.at,
      ...(isBehindReplicas ? { severity: "warning" as const } : {}),
    });
  },
});
