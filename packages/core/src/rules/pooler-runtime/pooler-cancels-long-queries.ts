import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-cancels-long-queries",
  subject: "pooler",
  meta: {
    summary: "The pooler's query_timeout cuts off every longer query.",
    rationale:
      "`query_timeout` is meant for network faults. A legitimate long query, an index build or a dump is cut off, and the client gets a connection error with no reason given.",
    remedy: "Use PostgreSQL's `statement_timeout` for the application's role, and leave `query_timeout` at 0.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/config.html#query_timeout"],
  },
  check({ settings, resource }, { report }) {
    const timeout = settings.number("query_timeout");
    if (timeout?.value === undefined || timeout.origin === "default" || timeout.value === 0 || timeout.value > 300)
      return;
    report({
      message: `PgBouncer closes the connection of every query that runs longer than ${timeout.value} s (query_timeout), including migrations, reports and dumps through ${nameOf(resource)}.`,
      at: timeout.at,
    });
  },
});
