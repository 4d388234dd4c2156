import { stops } from "../../domain/migration/locks.ts";
import { andMore, changesOf, othersOf } from "../../domain/migration/script.ts";
import type { MigrationScript, SchemaChange } from "../../domain/model/schema-change.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "table-locked-explicitly",
  subject: "script",
  meta: {
    summary: "LOCK TABLE stops requests until the transaction ends, or fails because there is none.",
    rationale:
      "Without a mode it is ACCESS EXCLUSIVE: even SELECTs wait, for the lock itself and for all that the transaction does after it. Outside a transaction PostgreSQL refuses it.",
    remedy:
      "Leave it out: each statement takes the lock that it needs. Where the order of locks matters, take the weakest mode that does (`SHARE ROW EXCLUSIVE` lets reads through), with a short `lock_timeout`.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.postgresql.org/docs/current/sql-lock.html"],
    quietWhen: "the mode stops neither reads nor writes, or the release makes the table itself.",
  },
  check(script, { report }) {
    const all = changesOf(script, "lock-table");
    const outside = all.find((change) => isOutside(script, change));
    if (outside !== undefined) {
      report({
        message: `LOCK TABLE ${outside.table} fails with "can only be used in transaction blocks": psql runs the statements one by one, and no BEGIN comes before it.`,
        at: outside.at,
        severity: "error",
      });
      return;
    }
    if (script.dialect === "mysql") {
      const [locked] = all;
      if (locked !== undefined)
        report({
          message: `LOCK TABLES ${locked.table} makes ${locked.lock === "SHARE" ? "every write" : "even SELECTs"} wait until UNLOCK TABLES or the end of the connection${andMore(all)}.`,
          at: locked.at,
          related: othersOf(all),
        });
      return;
    }
    const found = all.filter(({ lock }) => stops(lock) !== "nothing");
    const [first] = found;
    if (first === undefined) return;
    const transaction = script.statements[first.statement]?.transaction;
    const later = script.statements.filter(
      (each, index) => index > first.statement && transaction !== undefined && each.transaction === transaction,
    ).length;
    const until =
      later === 0
        ? "until the transaction ends"
        : `until the ${later === 1 ? "statement" : `${later} statements`} after it and the commit are done`;
    report({
      message: `LOCK TABLE ${first.table} (${first.lock}) makes ${stops(first.lock) === "reads" ? "SELECTs wait too" : "every write wait"} ${until}${andMore(found)}.`,
      at: first.at,
      related: othersOf(found),
    });
  },
});

/** psql alone runs statement by statement for sure. */
function isOutside({ tool, wraps, statements }: MigrationScript, { statement, isInBlock }: SchemaChange): boolean {
  return tool === "psql" && wraps === "none" && !isInBlock && statements[statement]?.openedBy === undefined;
}
