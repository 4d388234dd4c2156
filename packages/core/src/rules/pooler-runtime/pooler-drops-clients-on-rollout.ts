import { nameOf } from "../../domain/model/names.ts";
import { integerFact } from "../../kube/placeholder.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-drops-clients-on-rollout",
  subject: "pooler",
  meta: {
    summary: "A rollout of the pooler cuts off its clients.",
    rationale:
      "Endpoints are removed while the Pod is already stopping. Before 1.23 PgBouncer closes all connections on SIGTERM; since then it closes its port at once and waits for clients to disconnect, which connection pools never do (measured: 1.18 and 1.25).",
    remedy:
      "Add a preStop hook that sleeps for about 15 s, and a longer grace period; with 1.23 or later, SIGTERM then waits for the clients.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://github.com/pgbouncer/pgbouncer/issues/1361", "https://www.pgbouncer.org/usage.html#signals"],
    quietWhen:
      "a preStop hook exists, only one Pod runs, or the version is 1.23 or later and the grace period is above 30 s.",
  },
  check({ container, workload, isSidecar, software, resource, instances }, { workspace, report }) {
    if (software !== "pgbouncer" || container === undefined || workload === undefined || isSidecar) return;
    if (container.node.at("lifecycle", "preStop") !== undefined || instances.value === undefined || instances.value < 2)
      return;
    if (workspace.resources.selecting("Service", workload).length === 0) return;
    const version = /^v?(\d+)\.(\d+)/.exec(container.image?.tag ?? "");
    const waits = version === null ? undefined : Number(version[1]) > 1 || Number(version[2]) >= 23;
    const grace = integerFact(workload.podSpec, ["terminationGracePeriodSeconds"], 30);
    if (waits !== false && (grace.value === undefined || grace.value > 30)) return;
    const isDefault = grace.value !== undefined && grace.origin === "default";
    const behavior =
      waits === true
        ? `PgBouncer ${version?.[0].replace("v", "")} refuses new connections on SIGTERM while the Service still sends them, and is killed after ${grace.value} s${isDefault ? " (the default)" : ""} with clients still connected`
        : "PgBouncer stops on SIGTERM while the Service still sends connections, and no preStop hook waits";
    report({
      message: `Each update of ${nameOf(resource)} cuts off the clients of the Pod being replaced: ${behavior}.`,
      at: container.node.nearest("name"),
    });
  },
});
