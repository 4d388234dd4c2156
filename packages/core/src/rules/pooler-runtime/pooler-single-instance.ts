import { nameOf } from "../../domain/model/names.ts";
import { isReplicated } from "../../domain/workspace/conditions.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-single-instance",
  subject: "pooler",
  meta: {
    summary: "One pooler Pod stands between all clients and the database.",
    rationale: "A pooler is light and keeps no state: two cost little. One is a gap at every node drain and update.",
    remedy: "Run two or more behind the Service, with a PodDisruptionBudget.",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/faq.html"],
    quietWhen: "it is a sidecar, or an autoscaler sets the number.",
  },
  check({ instances, isSidecar, resource, routes, workload }, { workspace, report }) {
    if (instances.value !== 1 || isSidecar || resource.kind === "DaemonSet" || resource.kind === "Pod") return;
    if (
      workload !== undefined &&
      workspace.resources.targeting("HorizontalPodAutoscaler", workload.resource).length > 0
    )
      return;
    const behind = routes.flatMap((route) => (route.reaches.state === "database" ? [route.reaches.database] : []))[0];
    const isBehindReplicas =
      behind?.instances.value !== undefined && behind.instances.value > 1 && isReplicated(behind);
    report({
      message: isBehindReplicas
        ? `${behind.instances.value} instances of ${nameOf(behind.resource)} stand behind one pooler: while its Pod moves, nobody reaches any of them.`
        : `${nameOf(resource)} is one Pod: while it moves to another node, nobody reaches the database through it.`,
      at: instances.at,
      ...(isBehindReplicas ? { severity: "warning" as const } : {}),
    });
  },
});
