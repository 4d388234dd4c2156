import { changesOf, nameBuild } from "../../domain/migration/script.ts";
import { sessionTimeoutOf } from "../../domain/migration/session-timeouts.ts";
import type { MigrationScript } from "../../domain/model/schema-change.ts";
import { readsPgOptions } from "../../facts/migration-files.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "timeout-cancels-index-build",
  subject: "script",
  meta: {
    summary: "A timeout for the whole run also cancels a concurrent index build, which waits for unrelated work.",
    rationale:
      "CREATE INDEX CONCURRENTLY waits for every transaction that is older, also those on other tables: a pg_dump, a long report. A lock_timeout or statement_timeout in PGOPTIONS or the URL ends it there and leaves an invalid index behind.",
    remedy:
      "Set `lock_timeout` in the migrations that take strong locks, not for the run; before a concurrent build `SET lock_timeout = 0`, in a file that runs outside a transaction.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY",
      "https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-LOCK-TIMEOUT",
    ],
    quietWhen: "the script sets the timeout itself, or its tool does not read PGOPTIONS.",
  },
  check(script, { report }) {
    const first = changesOf(script, "create-index", "reindex").find(({ isConcurrent }) => isConcurrent);
    if (first === undefined) return;
    for (const { container, tool } of script.migrations) {
      const timeout = sessionTimeoutOf(container, readsPgOptions(tool));
      if (timeout === undefined || setsItself(script, first.at.span.start, timeout.name)) continue;
      report({
        message: `${timeout.name} ${timeout.value} of the whole run also ends ${nameBuild(first)}, which waits for every older transaction, a pg_dump on other tables too: the index is then left invalid.`,
        at: first.at,
        related: [{ message: `${timeout.name} ${timeout.value}`, at: timeout.at }],
      });
      return;
    }
  },
});

/** Whether the script sets the timeout before the statement. */
function setsItself({ text, at }: MigrationScript, before: number, name: string): boolean {
  const start = text.slice(0, Math.max(0, before - at.span.start)).toLowerCase();
  return start.includes(`set ${name}`) || start.includes(`set session ${name}`);
}
