import { lockBefore, nameChange } from "../../domain/migration/script.ts";
import type { SchemaChange } from "../../domain/model/schema-change.ts";
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
      "a rule of its own reports the long statement and says so, the two run in different transactions, how the tool runs the file is not known, or the release makes the first table itself.",
  },
  check(script, { report }) {
    for (const long of script.changes) {
      const before = isOtherwiseSilent(long) ? lockBefore(script, long) : undefined;
      if (before === undefined) continue;
      const ofTable = long.table === undefined ? "" : ` ${long.does === "copy-rows" ? "into" : "on"} ${long.table}`;
      report({
        message: `${before.by.words} holds its ACCESS EXCLUSIVE lock on ${before.table} until the transaction ends: SELECTs of ${before.table} wait while ${nameChange(long)}${ofTable} runs.`,
        at: before.by.at,
        related: [{ message: nameChange(long), at: long.at }],
      });
      return;
    }
  },
});

/** Long, and harmless where it runs by itself: the others have rules of their own, whose messages say the same. */
function isOtherwiseSilent(change: SchemaChange): boolean {
  return (
    change.does === "copy-rows" ||
    change.does === "validate-constraint" ||
    (change.does === "refresh-view" && change.isConcurrent)
  );
}
