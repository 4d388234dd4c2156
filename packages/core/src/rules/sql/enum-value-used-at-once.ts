import { changesOf } from "../../domain/migration/script.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "enum-value-used-at-once",
  subject: "script",
  meta: {
    summary: "A new enum value is used in the transaction that adds it.",
    rationale: "PostgreSQL refuses it with 'unsafe use of new value': the value exists for sure only after the commit.",
    remedy: "Add the value in a file of its own, and use it in the next one.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.postgresql.org/docs/current/sql-altertype.html#SQL-ALTERTYPE-NOTES"],
    quietWhen: "the release makes the type itself, or the statements run in different transactions.",
  },
  check(script, { report }) {
    for (const { name, table, statement, at } of changesOf(script, "add-enum-value")) {
      const transaction = script.statements[statement]?.transaction;
      if (name === undefined || transaction === undefined) continue;
      const written = `'${name.replaceAll("'", "''")}'`;
      const isUsed = script.statements.some(
        (each, index) =>
          index > statement &&
          each.transaction === transaction &&
          /^(?:INSERT|UPDATE|DELETE|SELECT|CREATE\s+(?:UNIQUE\s+)?INDEX|WITH)\b/i.test(
            script.text.slice(each.span.start, each.span.start + 40),
          ) &&
          script.text.slice(each.span.start, each.span.end).includes(written),
      );
      if (!isUsed) continue;
      report({
        message: `${written} of ${table} is used in the transaction that adds it: PostgreSQL answers "unsafe use of new value" and the migration fails.`,
        at,
      });
      return;
    }
  },
});
