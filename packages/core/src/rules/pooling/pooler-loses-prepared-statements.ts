import { nameOf } from "../../domain/names.ts";
import { defineRule } from "../../rule/rule.ts";
import { isWritten } from "../../yaml/fact.ts";

export default defineRule({
  id: "pooler-loses-prepared-statements",
  subject: "pooler",
  meta: {
    summary: "Transaction pooling without support for prepared statements.",
    rationale:
      'Drivers prepare statements by themselves (pgx, JDBC, asyncpg, psycopg 3). In transaction mode the next statement runs on another server connection: `prepared statement "s1" does not exist`. PgBouncer tracks them from 1.21 on, and by default only from 1.24 on.',
    remedy: "Set `max_prepared_statements = 200`, with 1.21 or later.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/config.html#max_prepared_statements"],
    quietWhen: "the version is not known, or the parameter is set.",
  },
  check({ settings, container, resource, software }, { report }) {
    if (software !== "pgbouncer" || container === undefined || resource.isPatched) return;
    const mode = settings.get("pool_mode");
    if (mode?.value?.toLowerCase() !== "transaction") return;
    const version = /^v?1\.(\d+)/.exec(container.image?.tag ?? "");
    const minor = version === null ? undefined : Number(version[1]);
    if (isWritten(settings.get("max_prepared_statements"))) return;
    if (minor === undefined || minor >= 24) return;
    report({
      message:
        minor < 21
          ? `Prepared statements of the protocol fail through ${nameOf(resource)}: PgBouncer 1.${minor} knows none in transaction mode (from 1.21 on it does).`
          : `Prepared statements of the protocol fail through ${nameOf(resource)}: max_prepared_statements is 0 in PgBouncer 1.${minor} unless it is set.`,
      at: mode.at,
      severity: minor < 21 ? "info" : "warning",
    });
  },
});
