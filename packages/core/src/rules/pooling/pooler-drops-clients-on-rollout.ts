import { nameOf } from "../../domain/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-drops-clients-on-rollout",
  subject: "pooler",
  meta: {
    summary: "A rollout of the pooler cuts off its clients.",
    rationale:
      "Endpoints are removed while the Pod already stops. Before 1.23 PgBouncer closes all connections at SIGTERM; queries fail at each node drain and update.",
    remedy:
      "Add a preStop hook that sleeps for some 15 s, and a grace period above it; with 1.23 or later, SIGTERM then waits for the clients.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://github.com/pgbouncer/pgbouncer/issues/1361", "https://www.pgbouncer.org/usage.html#signals"],
    quietWhen: "a preStop hook exists, one Pod runs, or 1.23 and later.",
  },
  check({ container, workload, isSidecar, software, resource, instances }, { workspace, report }) {
    if (
      software !== "pgbouncer" ||
      container === undefined ||
      workload === undefined ||
      isSidecar ||
      resource.isPatched
    )
      return;
    if (container.node.at("lifecycle", "preStop") !== undefined || instances.value === undefined || instances.value < 2)
      return;
    if (workspace.resources.selecting("Service", workload).length === 0) return;
    const version = /^v?(\d+)\.(\d+)/.exec(container.image?.tag ?? "");
    // From 1.23 on SIGTERM waits for clients to leave (super safe shutdown on SIGTERM).
    if (version !== null && (Number(version[1]) > 1 || Number(version[2]) >= 23)) {
      const grace = workload.podSpec.integer("terminationGracePeriodSeconds");
      if (grace === undefined || grace > 30) return;
    }
    report({
      message: `Each update of ${nameOf(resource)} cuts off the clients of the Pod that goes: PgBouncer stops at SIGTERM while the Service still sends connections, and no preStop hook waits.`,
      at: container.node.nearest("name"),
    });
  },
});
