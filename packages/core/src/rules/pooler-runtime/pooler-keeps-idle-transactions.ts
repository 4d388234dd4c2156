import { nameOf, shortName } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-keeps-idle-transactions",
  subject: "pooler",
  meta: {
    summary: "Nothing ends a transaction that its client has forgotten.",
    rationale:
      "In transaction mode a client that stalls between BEGIN and COMMIT keeps its server connection, its locks and the dead rows indefinitely. `idle_transaction_timeout` defaults to 0, and so does the server's own limit.",
    remedy:
      "Set `idle_transaction_timeout = 60` (Zalando's operator ships 600), or `idle_in_transaction_session_timeout` on the server.",
    severity: "info",
    presets: [],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://www.pgbouncer.org/config.html#idle_transaction_timeout",
      "https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-IDLE-IN-TRANSACTION-SESSION-TIMEOUT",
    ],
    quietWhen: "the server is not in view, or it ends them itself.",
  },
  check({ software, settings, routes, resource }, { report }) {
    const mode = settings.get("pool_mode");
    if (software !== "pgbouncer" || mode?.value?.toLowerCase() !== "transaction") return;
    if (settings.number("idle_transaction_timeout")?.value !== 0) return;
    const reached = routes.map(({ reaches }) => reaches).find((reach) => reach.state === "database");
    if (reached?.state !== "database") return;
    const own = reached.database.settings;
    const limit = own.get("idle_in_transaction_session_timeout");
    if (!own.isComplete || (limit !== undefined && limit.value !== "0")) return;
    report({
      message: `A transaction that its client forgets keeps a connection of ${nameOf(resource)} forever: idle_transaction_timeout is 0, and ${shortName(reached.database.resource)} sets no limit either.`,
      at: mode.at,
    });
  },
});
