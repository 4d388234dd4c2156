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
      "In session mode the pool is as large as the number of connected clients. Applications with their own pools keep them open, and client 21 of 20 waits until `query_wait_timeout` (120 s).",
    remedy:
      "Use `transaction` where the clients need no session state (prepared statements work from 1.21 on with `max_prepared_statements`).",
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
        message: `Clients of ${nameOf(resource)} keep ${rows.map((row) => `${row.name} ${row.pods} x ${row.size}`).join(" + ")} = ${held} sessions open, and its ${instances.value === 1 ? "pool has" : `${instances.value} pools have`} ${most} connections a database and user (${words}): the rest waits until query_wait_timeout.`,
        at: mode.at,
        severity: "warning",
        related: rows.slice(0, 3).map((row) => ({ message: `pool ${row.size}`, at: row.at })),
      });
      return;
    }
    report({
      message: `A client of ${nameOf(resource)} keeps its server connection until it leaves (${words}): of ${clients.value} clients ${pool.value} a database and user work, the next waits.`,
      at: mode.at,
    });
  },
});
