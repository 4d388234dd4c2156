import { andBefore, andMore, changesOf, othersOf } from "../../domain/migration/script.ts";
import type { MigrationScript, SchemaChange } from "../../domain/model/schema-change.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "statement-changes-every-row",
  subject: "script",
  meta: {
    summary: "A migration updates or deletes all rows of a table in one statement.",
    rationale:
      "Each row stays locked until the transaction ends, so requests that write one of them wait. The table grows to twice its size, the WAL by all of it, and replicas fall behind.",
    remedy:
      "Do it in batches by key, each in its own transaction, as a Job that can be stopped and resumed: `kubectl dbops new db-migration-backfill`. To empty a table use TRUNCATE.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-SPACE-RECOVERY"],
    quietWhen: "it has a WHERE clause or joins another table, or the release makes the table itself.",
  },
  check(script, { report }) {
    const found = changesOf(script, "change-rows").filter((each) => each.isAll || fillsNewColumn(script, each));
    const [first] = found;
    if (first === undefined) return;
    const which = first.isAll
      ? `${first.words} of ${first.table} without WHERE changes all its rows`
      : `${first.words} of ${first.table} changes all its rows (${first.nullColumn} is new, so IS NULL in each)`;
    const effect =
      !first.isDelete && script.dialect === "postgresql"
        ? "locks each of them until it commits, and leaves the table twice as large"
        : "locks each of them until it commits";
    report({
      message: `${which} in one transaction: it ${effect}${andMore(found)}${andBefore(script, first)}.`,
      at: first.at,
      related: othersOf(found),
    });
  },
});

/** `WHERE region IS NULL`, where the script has just added `region` without a value. */
function fillsNewColumn(script: MigrationScript, change: SchemaChange & { readonly does: "change-rows" }): boolean {
  return changesOf(script, "add-column").some(
    ({ name, table, filled, statement }) =>
      name !== undefined &&
      name === change.nullColumn &&
      table === change.table &&
      filled === "nothing" &&
      statement < change.statement,
  );
}
