import { andMore, changesOf, othersOf } from "../../domain/migration/script.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "column-default-rewrites-table",
  subject: "script",
  meta: {
    summary: "A new column gets another value in each row, so the whole table is written again.",
    rationale:
      "A constant default is kept once, in the catalog, and so is `now()`. `gen_random_uuid()`, `random()`, a serial, an identity and a stored generated column have a value per row: PostgreSQL copies the table under an ACCESS EXCLUSIVE lock.",
    remedy:
      "Add the column without a default, then `ALTER COLUMN … SET DEFAULT` for new rows, and fill old ones in batches.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES"],
    quietWhen: "the default is constant, or the release makes the table itself.",
  },
  check(script, { report }) {
    const found = changesOf(script, "add-column").filter(({ filled }) => filled === "computed");
    const [first] = found;
    if (first === undefined) return;
    report({
      message: `ADD COLUMN ${first.name} computes a value for each row: ${first.table} and its indexes are rewritten under an ACCESS EXCLUSIVE lock, and SELECTs wait${andMore(found)}.`,
      at: first.at,
      related: othersOf(found),
    });
  },
});
