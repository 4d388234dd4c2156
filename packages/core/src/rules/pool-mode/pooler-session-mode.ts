import { podsOf } from "../../domain/connections/pods.ts";
import { nameOf, shortName } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";
import { isWritten } from "../../yaml/fact.ts";

export default defineRule({
  id: "pooler-session-mode",
  subject: "pooler",
  meta: {
    summary: "Session pooling saves no connections: each client keeps a server connection.",
    rationale:
      "In session mode the pool must be as large as the number of connected clients. Applications with their own pools keep connections open, and with a pool of 20, client 21 waits until `query_wait_timeout` (120 s).",
    remedy:
      "Use `transaction` where the clients need no session state (prepared statements work since 1.21 with `max_prepared_statements`).",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/features.html", "https://www.pgbouncer.org/config.html#pool_mode"],
    quietWhen:
      "the pool is as large as the number of clients; it is a warning where clients in view keep more sessions open than the pools have.",
  },
  check(pooler, { workspace, report }) {
    const { settings, resource, software, instances, isSidecar } = pooler;
    if (software !== "pgbouncer") return;
    const mode = settings.get("pool_mode");
    if (mode?.value?.toLowerCase() !== "session") return;
    const pool = settings.number("default_pool_size");
    const clients = settings.number("max_client_conn");
    if (pool?.value === undefined || clients?.value === undefined || pool.value === 0 || pool.value >= clients.value)
      return;
    const isDefault = !isWritten(mode);
    const words = `pool_mode session${isDefault ? ", the default" : ""}`;
    // Written pools of clients stay open: each of their connections keeps one of the server's.
    const rows = workspace.topology.clientsOf(pooler).flatMap(({ container, pool: own, poolAtRest }) => {
      const pods = podsOf(container.workload, workspace.resources).rest.value;
      if (own.value === undefined || own.origin === "default" || pods === undefined) return [];
      return [{ name: shortName(container.workload.resource), pods, size: poolAtRest ?? own.value, at: own.at }];
    });
    const held = rows.reduce((sum, row) => sum + row.pods * row.size, 0);
    const most = (isSidecar ? 1 : (instances.value ?? 0)) * pool.value;
    if (most > 0 && !isSidecar && held > most) {
      report({
        message: `Clients of ${nameOf(resource)} keep ${rows.map((row) => `${row.name} ${row.pods} x ${row.size}`).join(" + ")} = ${held} sessions open, and its ${instances.value === 1 ? "pool has" : `${instances.value} pools have`} ${most} connections per database and user (${words}): the rest wait until query_wait_timeout.`,
        at: mode.at,
        severity: "warning",
        related: rows.slice(0, 3).map((row) => ({ message: `pool ${row.size}`, at: row.at })),
      });
      return;
    }
    report({
      message: `In session mode${isDefault ? " (the default)" : ""} a client holds its server connection until it disconnects: ${isSidecar || (instances.value ?? 1) < 2 ? nameOf(resource) : `each of the ${instances.value} Pods of ${nameOf(resource)}`} serves ${pool.value} clients per database and user at once (default_pool_size), client ${pool.value + 1} waits.`,
      at: mode.at,
    });
  },
});
