import { primaryProbe } from "../../domain/database/role-probes.ts";
import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "probe-asks-for-role",
  subject: "database",
  meta: {
    summary: "A probe asks Patroni for the primary, and every other member fails it.",
    rationale:
      "Patroni answers `/primary`, `/master`, `/leader` and `/read-write` with 200 on one member and with 503 on all others. As a liveness probe that restarts every replica, again and again; as a readiness probe it keeps a StatefulSet from creating the second Pod, because the first replica never becomes ready.",
    remedy:
      "Ask `/liveness` in the liveness probe and `/readiness` in the readiness probe; select the primary by Patroni's label `role`.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://patroni.readthedocs.io/en/latest/rest_api.html"],
    quietWhen: "there is one member, or the members of a readiness probe start in parallel.",
  },
  check(database, { report }) {
    const { container, workload, instances, resource } = database;
    if (container === undefined || workload === undefined) return;
    const count = instances.value;
    if (count === undefined || count < 2) return;
    for (const name of ["livenessProbe", "startupProbe", "readinessProbe"] as const) {
      const asked = primaryProbe(container, name);
      if (asked === undefined) continue;
      const isOrdered =
        resource.kind === "StatefulSet" &&
        (resource.node.text("spec", "podManagementPolicy") ?? "OrderedReady") === "OrderedReady";
      if (name === "readinessProbe" && !isOrdered) continue;
      report({
        message:
          name === "readinessProbe"
            ? `The readinessProbe of ${nameOf(resource)} asks for ${asked.path}, which only the primary answers with 200: the first replica never becomes ready, and the StatefulSet creates no further Pod.`
            : `The ${name} of ${nameOf(resource)} asks for ${asked.path}, which only the primary answers with 200: Kubernetes restarts each of the ${count - 1} other members again and again.`,
        at: asked.at,
      });
      return;
    }
  },
});
