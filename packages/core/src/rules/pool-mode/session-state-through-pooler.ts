import { nameOf } from "../../domain/model/names.ts";
import { sharingPoolerOf } from "../../domain/pooler/pool-mode.ts";
import { programOf } from "../../embedded/command.ts";
import { bareSql, sqlGivenTo } from "../../kube/given-sql.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "session-state-through-pooler",
  subject: "container",
  meta: {
    summary: "SQL that changes its session goes through a pooler that shares server connections.",
    rationale:
      "In transaction mode a session passes to another client after each transaction: `SET` affects the next client and not this one, a session's advisory lock stays after its client has gone, temporary tables, `PREPARE` and cursors `WITH HOLD` are not found again or are found by others (each measured with 1.18 and 1.26).",
    remedy:
      "Use `SET LOCAL`, `pg_advisory_xact_lock` and `ON COMMIT DROP` within a transaction, `ALTER ROLE … SET` for defaults, or connect to the database directly.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/features.html"],
    quietWhen: "the pool mode is session or not in view, or the container also names the database directly.",
  },
  check(container, { workspace, report }) {
    const { resource } = container.workload;
    const statements = container.commands
      .filter((command) => programOf(command) === "psql")
      .flatMap((command) => sqlGivenTo(command, container));
    const found = statements
      .map(({ sql, at }) => ({ at, state: sessionState.find(({ pattern }) => pattern.test(bareSql(sql).trim())) }))
      .find(({ state }) => state !== undefined);
    if (found?.state === undefined) return;
    const through = sharingPoolerOf(workspace.topology.hostsIn(container));
    if (through === undefined) return;
    report({
      message: `${found.state.what} in the SQL of ${nameOf(resource)} ${found.state.effect}: ${nameOf(through.pooler.resource)} gives the connection to another client after each ${through.mode} (pool_mode ${through.mode}).`,
      at: found.at,
      related: [
        { message: "the pooler", at: through.host },
        { message: "the pool mode", at: through.modeAt },
      ],
    });
  },
});

const sessionState: readonly { readonly pattern: RegExp; readonly what: string; readonly effect: string }[] = [
  {
    pattern: /\bpg_(?:try_)?advisory_lock(?:_shared)?\s*\(/i,
    what: "pg_advisory_lock",
    effect: "protects nothing and may be left behind",
  },
  {
    // PgBouncer itself follows what the server reports: these (and IntervalStyle from 1.20 on).
    pattern:
      /(?:^|;)\s*SET\s+(?!LOCAL\b|TRANSACTION\b|CONSTRAINTS\b)(?:SESSION\s+)?(?!(?:SESSION|TIME\s*ZONE|NAMES|client_encoding|datestyle|standard_conforming_strings|application_name|intervalstyle)\b)\w+/i,
    what: "SET",
    effect: "affects other clients, and not reliably its own",
  },
  { pattern: /(?:^|;)\s*LISTEN\s+\w/i, what: "LISTEN", effect: "hears nothing" },
  {
    pattern: /(?:^|;)\s*CREATE\s+(?:LOCAL\s+)?TEMP(?:ORARY)?\s+TABLE\b(?![^;]*ON\s+COMMIT\s+DROP)/i,
    what: "A temporary table",
    effect: "is gone at the next statement, or visible to another client",
  },
  { pattern: /(?:^|;)\s*PREPARE\s+(?!TRANSACTION\b)\w+/i, what: "PREPARE", effect: "is not found again" },
  { pattern: /\bCURSOR\s+WITH\s+HOLD\b/i, what: "A cursor WITH HOLD", effect: "is not found again" },
];
