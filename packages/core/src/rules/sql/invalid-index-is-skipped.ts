import { changesOf } from "../../domain/migration/script.ts";
import type { MigrationScript } from "../../domain/model/schema-change.ts";
import { retriesOf } from "../../domain/release/runners.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "invalid-index-is-skipped",
  subject: "script",
  meta: {
    summary: "A concurrent build that fails leaves an invalid index, and IF NOT EXISTS accepts it as the finished one.",
    rationale:
      "A lock_timeout, a deadlock, a duplicate or a killed Pod ends CREATE INDEX CONCURRENTLY halfway. The index stays, marked invalid: every write maintains it and no query uses it. The next run finds its name, skips the statement and reports success.",
    remedy:
      "Put `DROP INDEX CONCURRENTLY IF EXISTS name` before it and leave out IF NOT EXISTS; set the Job's `backoffLimit: 0`.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY"],
    yieldsTo: ["concurrent-build-in-transaction", "concurrent-build-deadlocks"],
    quietWhen: "the script drops the index first. Where nothing in view runs it again it is an info of `all`.",
  },
  check(script, { report }) {
    const first = changesOf(script, "create-index").find(
      ({ isConcurrent, isIfNotExists, name, statement }) =>
        isConcurrent && isIfNotExists && name !== undefined && !isDropped(script, name, statement),
    );
    if (first === undefined) return;
    const retries = script.migrations.map(retriesOf).find((each) => each !== undefined);
    report({
      message: `If the build of ${first.name} fails, ${retries === undefined ? "the next run" : `${retries}, and that run`} finds an invalid index of this name, skips it (IF NOT EXISTS) and succeeds: ${first.table} then has an index that no query uses.`,
      at: first.at,
      ...(retries === undefined ? { severity: "info" as const, presets: [] } : {}),
    });
  },
});

function isDropped({ changes }: MigrationScript, index: string, before: number): boolean {
  return changes.some(({ does, name, statement }) => does === "drop-index" && name === index && statement < before);
}
