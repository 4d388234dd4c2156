import type { MigrationScript, SchemaChange } from "../../domain/model/schema-change.ts";
import { defineRule } from "../../rule/rule.ts";
import { firstListed } from "../../text/listed.ts";

export default defineRule({
  id: "statement-destroys-data",
  subject: "script",
  meta: {
    summary: "A migration drops a database or schema with all its tables, or empties tables.",
    rationale:
      "DROP SCHEMA … CASCADE and DROP OWNED drop every table that they reach, and TRUNCATE … CASCADE also empties each table with a foreign key to the named one, and the tables that refer to those. A rollback of the release brings no row back.",
    remedy:
      "Name the tables that are to go, without CASCADE, so that PostgreSQL refuses what was forgotten. Take a backup that you have restored once before the release.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://www.postgresql.org/docs/current/sql-truncate.html",
      "https://www.postgresql.org/docs/current/sql-dropschema.html",
    ],
    quietWhen:
      "the release makes the tables itself, or the script fills them again. TRUNCATE of one table by its name is an info.",
  },
  check(script, { report }) {
    for (const change of script.changes) {
      const loss = lossOf(change, script);
      if (loss === undefined) continue;
      report({
        message: `${loss}: only a backup brings ${change.does === "empty-table" ? "the rows" : "it"} back.`,
        at: change.at,
        ...(change.does !== "empty-table"
          ? {}
          : { severity: change.isCascade ? ("warning" as const) : ("info" as const) }),
      });
      return;
    }
  },
});

function lossOf(change: SchemaChange, script: MigrationScript): string | undefined {
  switch (change.does) {
    case "drop-database":
      return `DROP DATABASE ${change.name} deletes every table in it`;
    case "drop-owned":
      return `DROP OWNED BY ${change.name ?? "its user"} drops every table that this role owns in the database`;
    case "drop-schema":
      return change.isCascade ? `DROP SCHEMA ${change.name} CASCADE drops every table in it` : undefined;
    case "empty-table": {
      if (isNewOrFilled(change, script)) return undefined;
      if (!change.isCascade) return `TRUNCATE deletes all rows of ${change.table}`;
      const named = script.changes.filter(({ statement }) => statement === change.statement).map(({ table }) => table);
      const also = change.referencedBy.filter((table) => !named.includes(table));
      return also.length === 0
        ? `TRUNCATE ${change.table} CASCADE also empties every table with a foreign key to it`
        : `TRUNCATE ${change.table} CASCADE also empties ${firstListed(also, 3)}`;
    }
    default:
      return undefined;
  }
}

function isNewOrFilled({ table }: SchemaChange, { changes, text }: MigrationScript): boolean {
  const isNew = changes.some((each) => each.does === "create-table" && each.table === table);
  const words = text.toLowerCase().split(/\s+/);
  const name = table?.toLowerCase() ?? "";
  return (
    isNew || words.some((word, index) => word === "into" && words[index + 1]?.replace(/["(]/g, "").startsWith(name))
  );
}
