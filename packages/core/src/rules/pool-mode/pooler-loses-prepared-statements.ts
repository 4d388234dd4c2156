import { preparingOf } from "../../domain/client/prepared-statements.ts";
import { nameOf } from "../../domain/model/names.ts";
import { pgbouncerVersionOf, pgbouncerVersionOfPooler } from "../../domain/pgbouncer/version.ts";
import { defineRule } from "../../rule/rule.ts";
import { isWritten } from "../../yaml/fact.ts";

export default defineRule({
  id: "pooler-loses-prepared-statements",
  subject: "pooler",
  meta: {
    summary: "Transaction pooling is used without support for prepared statements.",
    rationale:
      'Drivers prepare statements on their own (pgx, JDBC, asyncpg, psycopg 3). In transaction mode the next statement runs on another server connection: `prepared statement "s1" does not exist`. PgBouncer has tracked them since 1.21, and by default only since 1.24.',
    remedy:
      "Set `max_prepared_statements = 200`, with 1.21 or later, or tell the driver not to prepare (`prepareThreshold=0`, `pgbouncer=true`, `prepared_statement_cache_size=0`).",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/config.html#max_prepared_statements"],
    quietWhen:
      "the version is not known, the parameter is set, or all clients in view are told not to prepare; it is an error where a client in view prepares.",
  },
  check(pooler, { workspace, report }) {
    const { settings, container, resource, software } = pooler;
    if (software !== "pgbouncer") return;
    const mode = settings.get("pool_mode");
    if (mode?.value?.toLowerCase() !== "transaction") return;
    const minor = (container === undefined ? pgbouncerVersionOfPooler(resource.node) : pgbouncerVersionOf(container))
      ?.minor;
    const written = settings.get("max_prepared_statements");
    const isZero = isWritten(written) && written?.value?.trim() === "0";
    if ((isWritten(written) && !isZero) || (!isZero && (minor === undefined || minor >= 24))) return;
    const why =
      minor !== undefined && minor < 21
        ? `PgBouncer 1.${minor} does not support them in transaction mode (1.21 and later do)`
        : isZero
          ? "max_prepared_statements is 0"
          : `max_prepared_statements defaults to 0 in PgBouncer 1.${minor}`;
    const clients = workspace.topology
      .clientsOf(pooler)
      .map(({ container: each, host }) => ({ each, host, preparing: preparingOf(each, host) }));
    const preparing = clients.find((client) => client.preparing?.isOff === false);
    if (preparing?.preparing !== undefined) {
      report({
        message: `${preparing.preparing.driver} of ${nameOf(preparing.each.workload.resource)} prepares statements, and ${nameOf(resource)} loses them: ${why}.`,
        at: isZero ? (written?.at ?? mode.at) : mode.at,
        severity: "error",
        related: [{ message: `connects with ${preparing.preparing.driver}`, at: preparing.host }],
      });
      return;
    }
    // Somebody has thought of it: it is switched off, or all clients are told not to prepare.
    if (isZero || (clients.length > 0 && clients.every((client) => client.preparing?.isOff === true))) return;
    report({
      message: `Protocol-level prepared statements fail through ${nameOf(resource)}: ${why}.`,
      at: mode.at,
      severity: minor !== undefined && minor < 21 ? "info" : "warning",
    });
  },
});
