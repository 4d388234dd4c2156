import { isReplacing } from "../../domain/migration/script.ts";
import type { MigrationScript, SchemaChange } from "../../domain/model/schema-change.ts";
import { isCreated } from "../../domain/release/steps.ts";
import { defineRule } from "../../rule/rule.ts";
import { firstListed } from "../../text/listed.ts";
import { oncePer } from "../../text/once.ts";

export default defineRule({
  id: "statement-destroys-data",
  subject: "script",
  meta: {
    summary: "A migration drops a database or schema with all its tables, or empties tables or partitions.",
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
      "the release makes the tables itself, or the script fills them again. TRUNCATE of one table by its name, a table that is dropped and made again, and dropping a partition are an info.",
  },
  check(script, { report }) {
    for (const change of script.changes) {
      const loss = lossOf(change, script);
      if (loss === undefined) continue;
      const isRows = ["drop-table", "empty-table", "server-chooses"].includes(change.does);
      report({
        message: `${loss}: only a backup brings ${isRows ? "the rows" : "it"} back.`,
        at: change.at,
        ...(isRows ? { severity: change.does === "empty-table" && change.isCascade ? "warning" : "info" } : {}),
        ...(script.dialect === "mysql"
          ? { remedy: "Take a backup that you have restored once before the release; MySQL and MariaDB undo no DDL." }
          : {}),
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
    case "drop-table":
      return replaced(change, script);
    case "server-chooses":
      if (change.loses === "table") return replaced(change, script);
      if (change.loses === "rows")
        return isNewOrFilled(change, script)
          ? undefined
          : `${change.words} deletes the file with all rows of ${change.table}`;
      return change.loses === "partition" && !script.made.has(change.table ?? "")
        ? `${change.words} ${change.name} deletes all rows that ${change.table} has there`
        : undefined;
    case "empty-table": {
      if (isNewOrFilled(change, script)) return undefined;
      if (!change.isCascade) return `${change.words} deletes all rows of ${change.table}`;
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

/** Without the CREATE TABLE it is a table that is meant to go, by its name. */
function replaced(change: SchemaChange, script: MigrationScript): string | undefined {
  return isReplacing(change, script) && !filledTables(script).has(bareName(change.table ?? ""))
    ? `DROP TABLE deletes all rows of ${change.table}, and the CREATE TABLE after it makes an empty one`
    : undefined;
}

function isNewOrFilled({ table = "" }: SchemaChange, script: MigrationScript): boolean {
  return isCreated(table, script) || filledTables(script).has(bareName(table));
}

/** The tables that the script writes rows into, by their bare names. */
const filledTables = oncePer(
  ({ text }: MigrationScript): ReadonlySet<string> =>
    new Set([...text.matchAll(/\b(?:INTO\s+TABLE|INTO|COPY)\s+([^\s(;,]+)/gi)].map(([, name = ""]) => bareName(name))),
);

/** `orders` of `"public"."orders"`, `` `shop`.`orders` `` and `Orders`: which schema was meant is not told apart. */
function bareName(name: string): string {
  return (name.split(".").at(-1) ?? "").replaceAll(/["`]/g, "").toLowerCase();
}
