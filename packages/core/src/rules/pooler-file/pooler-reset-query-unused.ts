import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-reset-query-unused",
  subject: "pooler",
  meta: {
    summary: "server_reset_query is set but never runs in this pool mode.",
    rationale:
      "In transaction mode PgBouncer does not run `server_reset_query` unless `server_reset_query_always` is 1: what one client sets stays in place for the next (measured).",
    remedy: "Remove the line, or use session mode where clients need it.",
    severity: "info",
    presets: [],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/config.html#server_reset_query_always"],
    quietWhen: "it has its default value, or always runs.",
  },
  check({ software, settings, routes, resource }, { report }) {
    const query = settings.get("server_reset_query");
    if (software !== "pgbouncer" || query?.value === undefined) return;
    if (query.origin === "default" || query.value === "" || settings.number("server_reset_query_always")?.value !== 0)
      return;
    const mode = settings.get("pool_mode")?.value?.toLowerCase();
    if (mode !== "transaction" || routes.some(({ poolMode }) => poolMode !== undefined)) return;
    report({
      message: `PgBouncer of ${nameOf(resource)} never runs server_reset_query "${query.value}": pool_mode is transaction, and server_reset_query_always is 0.`,
      at: query.at,
    });
  },
});
