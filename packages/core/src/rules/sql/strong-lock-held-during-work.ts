import { isLong, locksOf } from "../../domain/migration/locks.ts";
import { isSameTransaction, nameChange } from "../../domain/migration/script.ts";
import type { MigrationScript, SchemaChange } from "../../domain/model/schema-change.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "strong-lock-held-during-work",
  subject: "script",
  meta: {
    summary: "A short ALTER TABLE keeps its lock while a long statement runs in the same transaction.",
    rationale:
      "A lock is held until the transaction ends, not until its statement does. An ADD COLUMN of a millisecond stops every SELECT for as long as the UPDATE, index build or check takes that comes after it in the same file.",
    remedy:
      "Put the ALTER TABLE into a migration of its own and the long statement into the next one, or the long one first.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES"],
    yieldsTo: ["constraint-validated-too-early"],
    quietWhen:
      "the two run in different transactions, how the tool runs the file is not known, or the release makes the first table itself.",
  },
  check(script, { report }) {
    for (const short of script.changes) {
      const table = strongOn(short, script);
      if (table === undefined || isLong(short)) continue;
      const long = script.changes.find(
        (each) =>
          isLong(each) &&
          each.statement > short.statement &&
          isSameTransaction(script, short, each) &&
          strongOn(each, script) !== table &&
          (each.does === "copy-rows" || each.table === undefined || !script.made.has(each.table)),
      );
      if (long === undefined) continue;
      const ofTable = long.table === undefined ? "" : ` ${long.does === "copy-rows" ? "into" : "on"} ${long.table}`;
      report({
        message: `${short.words} holds its ACCESS EXCLUSIVE lock on ${table} until the transaction ends: SELECTs of ${table} wait while ${nameChange(long)}${ofTable} runs.`,
        at: short.at,
        related: [{ message: nameChange(long), at: long.at }],
      });
      return;
    }
  },
});

/** The table in use that nobody can read after the change. */
function strongOn(change: SchemaChange, { made }: MigrationScript): string | undefined {
  return locksOf(change).find(({ lock, table }) => lock === "ACCESS EXCLUSIVE" && !made.has(table))?.table;
}
