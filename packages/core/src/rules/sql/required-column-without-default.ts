import { changesOf } from "../../domain/migration/script.ts";
import type { MigrationScript } from "../../domain/model/schema-change.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "required-column-without-default",
  subject: "script",
  meta: {
    summary: "A migration adds a column that may not be NULL and has no value for the rows there are.",
    rationale:
      "PostgreSQL refuses it as soon as the table has a row: it works on an empty test database and fails in production. Writers of the previous release, which do not know the column, would fail too.",
    remedy:
      "Add the column with a constant default, or without NOT NULL: fill it in batches, then add `CHECK (… IS NOT NULL) NOT VALID`, validate it, and set NOT NULL.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.postgresql.org/docs/current/sql-altertable.html"],
    quietWhen: "the release makes the table itself, or the script is the first of its folder.",
  },
  check(script, { report }) {
    for (const { isRequired, filled, name, table, at } of changesOf(script, "add-column")) {
      if (!isRequired || filled !== "nothing" || isEmptied(script, table)) continue;
      report({
        message: `ADD COLUMN ${name} NOT NULL without a default fails if ${table} has a row: 'column "${name}" of relation "${table}" contains null values'.`,
        at,
      });
      return;
    }
  },
});

function isEmptied({ changes }: MigrationScript, table: string | undefined): boolean {
  return changes.some((each) => each.does === "change-rows" && each.isAll && each.isDelete && each.table === table);
}
