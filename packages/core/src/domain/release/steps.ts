import { typeChange } from "../../facts/postgres-rewrites.ts";
import type { MigrationScript, SchemaChange } from "../model/schema-change.ts";

/** Where a change belongs in expand, deploy, backfill, contract. https://martinfowler.com/bliki/ParallelChange.html */
export type Phase = "expand" | "backfill" | "contract";

/** The phase of a change; undefined: it is neither seen by requests nor in their way for long. */
export function phaseOf(change: SchemaChange, { made }: MigrationScript): Phase | undefined {
  if (change.table !== undefined && made.has(change.table)) return change.does === "copy-rows" ? "backfill" : "expand";
  switch (change.does) {
    case "drop-table":
    case "drop-column":
    case "drop-view":
    case "drop-database":
    case "drop-owned":
    case "drop-schema":
    case "rename":
    case "empty-table":
    case "set-not-null":
      return "contract";
    case "change-type":
      return typeChange(change.from, change.to).narrows ? "contract" : "expand";
    case "add-column":
      return change.isRequired && change.filled === "nothing" ? "contract" : "expand";
    case "change-rows":
    case "copy-rows":
      return "backfill";
    case "lock-table":
    case "refuse-transaction":
      return undefined;
    default:
      return "expand";
  }
}

/** What no command brings back once the change has run; undefined: it can be undone. */
export function lossOf(change: SchemaChange, { made }: MigrationScript): string | undefined {
  const { table, name } = change;
  if (change.does === "add-enum-value") return `value '${name}' of ${table} (PostgreSQL removes none)`;
  if (table !== undefined && made.has(table) && change.does !== "empty-table") return undefined;
  switch (change.does) {
    case "drop-table":
      return `the rows of ${table}`;
    case "drop-column":
      return `the values of ${table}.${name}`;
    case "empty-table":
      return `the rows of ${[table, ...change.referencedBy].join(", ")}`;
    case "drop-schema":
      return `schema ${name} with its rows`;
    case "drop-database":
      return `database ${name}`;
    case "drop-owned":
      return `what ${name} owns`;
    case "change-rows":
      return change.words === "DELETE"
        ? `the rows that DELETE takes from ${table}`
        : `the old values that UPDATE replaces in ${table}`;
    case "change-type":
      return typeChange(change.from, change.to).narrows || change.isComputed
        ? `the old values of ${table}.${name}`
        : undefined;
    default:
      return undefined;
  }
}
