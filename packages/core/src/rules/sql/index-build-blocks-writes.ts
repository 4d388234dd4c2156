import { andBefore, andMore, changesOf, nameChange, othersOf } from "../../domain/migration/script.ts";
import { concurrently } from "../../domain/migration/sql-edits.ts";
import type { MigrationScript, SchemaChange } from "../../domain/model/schema-change.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "index-build-blocks-writes",
  subject: "script",
  meta: {
    summary: "A migration builds an index while nothing can write to the table.",
    rationale:
      "CREATE INDEX and REINDEX lock out writers until the index is built, which takes minutes on a table of some gigabytes; REINDEX also stops reads that would use the index. Requests wait, connections pile up, and pools run empty.",
    remedy:
      "Use `CREATE INDEX CONCURRENTLY` (`REINDEX INDEX CONCURRENTLY`) in a file of its own that runs outside a transaction, after `DROP INDEX CONCURRENTLY IF EXISTS`, without a lock_timeout.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "unsafe",
    needs: "file",
    references: [
      "https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY",
      "https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES",
    ],
    quietWhen:
      "the release makes the table itself, it is a materialized view, or the script is the first of its folder.",
  },
  check(script, { report }) {
    const builds = changesOf(script, "create-index", "reindex");
    const found = builds.filter(
      (each) => !each.isConcurrent && !isOfPartitions(each, builds) && !isOfView(each, script),
    );
    const [first] = found;
    if (first === undefined) return;
    const how = script.optOut === undefined ? "" : `; for ${script.tool} the file then needs ${script.optOut}`;
    report({
      message: `${nameChange(first)} blocks every INSERT, UPDATE and DELETE on ${first.table ?? "its table"} until the index is built (SHARE lock)${andMore(found)}; CONCURRENTLY lets them through${how}${andBefore(script, first)}.`,
      at: first.at,
      related: othersOf(found),
      fixes: [
        editFix({
          title: "Build the index CONCURRENTLY",
          safety: "unsafe",
          consequence:
            "The build takes longer, waits for every older transaction, and leaves an invalid index where it fails.",
          edits: first.does === "create-index" ? concurrently(script, first) : undefined,
        }),
      ],
    });
  },
});

/** Indexes that were built concurrently on each partition become those of the partitioned table, without another build. */
function isOfPartitions({ table, statement }: SchemaChange, builds: readonly ConcurrentBuild[]): boolean {
  return builds.some(
    (each) => each.isConcurrent && each.statement < statement && each.table?.startsWith(`${table}_`) === true,
  );
}

type ConcurrentBuild = SchemaChange & { readonly isConcurrent: boolean };

/** Nobody writes to a materialized view but its REFRESH. */
function isOfView({ table }: SchemaChange, { text, earlier }: MigrationScript): boolean {
  const name = table?.slice(table.lastIndexOf(".") + 1);
  return (
    name !== undefined && [text, ...earlier].some((each) => /materialized view/i.test(each) && each.includes(name))
  );
}
