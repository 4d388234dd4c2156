import { typeChange } from "../../facts/postgres-rewrites.ts";
import { oncePer } from "../../text/once.ts";
import { isLong } from "../migration/locks.ts";
import { isReplacing } from "../migration/script.ts";
import type { MigrationScript, SchemaChange } from "../model/schema-change.ts";

/** Where a change belongs in expand, deploy, backfill, contract; rewrite: in none, as the table is copied while requests wait. https://martinfowler.com/bliki/ParallelChange.html */
export type Phase = "expand" | "rewrite" | "backfill" | "contract";

/** The phase of a change; undefined: it is neither seen by requests nor in their way for long. */
export function phaseOf(change: SchemaChange, script: MigrationScript): Phase | undefined {
  const { table } = change;
  const isUnused = isReplacing(change, script)
    ? false
    : change.does === "empty-table"
      ? isCreated(table, script)
      : script.made.has(table ?? "");
  if (table !== undefined && isUnused) return change.does === "copy-rows" ? "backfill" : "expand";
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
      if (typeChange(change.from, change.to).narrows) return "contract";
      return isLong(change) ? "rewrite" : "expand";
    case "add-column":
      return isLong(change) ? "rewrite" : "expand";
    case "rewrite-table":
    case "copy-table":
      return "rewrite";
    case "server-chooses":
      return change.effect === "adds" ? "expand" : change.effect === "removes" ? "contract" : "rewrite";
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

/** Whether the release itself makes the table. One that it only empties is in use. */
export function isCreated(table: string | undefined, script: MigrationScript): boolean {
  if (table === undefined || !script.made.has(table)) return false;
  const { created, emptied } = tablesOf(script);
  return created.has(table) || !emptied.has(table);
}

const tablesOf = oncePer(({ changes }: MigrationScript) => {
  const named = (does: SchemaChange["does"]): ReadonlySet<string | undefined> =>
    new Set(changes.flatMap((change) => (change.does === does ? [change.table] : [])));
  return { created: named("create-table"), emptied: named("empty-table") };
});

/** Whether a column is added that existing rows and the previous release have no value for: the column goes first, its NOT NULL last. */
export function isRequiredColumn(change: SchemaChange, { made }: MigrationScript): boolean {
  if (change.table !== undefined && made.has(change.table)) return false;
  if (change.does === "server-chooses") return change.isRequired;
  return change.does === "add-column" && change.isRequired && change.filled === "nothing";
}

/** What no command brings back once the change has run; undefined: it can be undone. */
export function lossOf(change: SchemaChange, script: MigrationScript): string | undefined {
  const { table, name } = change;
  const isNew = table !== undefined && script.made.has(table) && !isReplacing(change, script);
  if (change.does === "add-enum-value") return `value '${name}' of ${table} (PostgreSQL removes none)`;
  if (isNew && change.does !== "empty-table") return undefined;
  switch (change.does) {
    case "drop-table":
      return `the rows of ${table}`;
    case "server-chooses":
      switch (change.loses) {
        case "table":
        case "rows":
          return `the rows of ${table}`;
        case "column":
          return `the values of ${table}.${name}`;
        case "partition":
          return `the rows of ${table} in ${name}`;
        default:
          return undefined;
      }
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
      return change.isDelete
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
