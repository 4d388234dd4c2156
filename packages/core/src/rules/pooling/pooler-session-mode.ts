import { nameOf } from "../../domain/names.ts";
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
    quietWhen: "the pool is as large as the number of clients.",
  },
  check({ settings, resource, software }, { report }) {
    if (software !== "pgbouncer" || resource.isPatched) return;
    const mode = settings.get("pool_mode");
    if (mode?.value?.toLowerCase() !== "session") return;
    const pool = settings.number("default_pool_size");
    const clients = settings.number("max_client_conn");
    if (pool?.value === undefined || clients?.value === undefined || pool.value === 0 || pool.value >= clients.value)
      return;
    const isDefault = !isWritten(mode);
    report({
      message: `A client of ${nameOf(resource)} keeps its server connection until it leaves (pool_mode session${isDefault ? ", the default" : ""}): of ${clients.value} clients ${pool.value} a database and user work, the next waits.`,
      at: mode.at,
    });
  },
});
