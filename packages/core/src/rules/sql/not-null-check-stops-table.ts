import { andMore, changesOf, othersOf } from "../../domain/migration/script.ts";
import type { MigrationScript } from "../../domain/model/schema-change.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "not-null-check-stops-table",
  subject: "script",
  meta: {
    summary: "SET NOT NULL reads the whole table while nobody else can.",
    rationale:
      "The ALTER TABLE holds an ACCESS EXCLUSIVE lock while it looks for NULL in every row: reads wait as well as writes. With a valid CHECK that says the same PostgreSQL 12 and later skip the search.",
    remedy:
      "`ADD CONSTRAINT c CHECK (column IS NOT NULL) NOT VALID`, in a later transaction `VALIDATE CONSTRAINT c`, then `SET NOT NULL` and `DROP CONSTRAINT c`.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-DROP-NOT-NULL"],
    quietWhen: "a constraint of the table has been validated before, or the release makes the table itself.",
  },
  check(script, { report }) {
    const found = changesOf(script, "set-not-null").filter(
      ({ table, statement }) => !isValidated(script, table, statement),
    );
    const [first] = found;
    if (first === undefined) return;
    report({
      message: `SET NOT NULL on ${first.table}.${first.name} reads all of ${first.table} under an ACCESS EXCLUSIVE lock: SELECTs wait too${andMore(found)}. A validated CHECK (${first.name} IS NOT NULL) spares the read.`,
      at: first.at,
      related: othersOf(found),
    });
  },
});

/** Whether a constraint of the table was validated before: by an earlier statement, or by an earlier script of the folder. */
function isValidated({ changes, earlier }: MigrationScript, table: string | undefined, before: number): boolean {
  const isHere = changes.some(
    (each) => each.does === "validate-constraint" && each.table === table && each.statement < before,
  );
  const name = table?.slice(table.lastIndexOf(".") + 1) ?? "";
  return isHere || earlier.some((text) => /\bVALIDATE\s+CONSTRAINT\b/i.test(text) && text.includes(name));
}
