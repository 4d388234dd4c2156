import type { TextEdit } from "../../text/text-edit.ts";
import type { MigrationScript, SchemaChange } from "../model/schema-change.ts";

/** The statement as it is written; undefined: the script is no file of its own. */
function statementText({ resource, text }: MigrationScript, { at, isInBlock }: SchemaChange): string | undefined {
  return resource !== undefined || isInBlock ? undefined : text.slice(at.span.start, at.span.end);
}

function insertion({ at }: SchemaChange, offset: number, newText: string): TextEdit {
  return { uri: at.file.uri, span: { start: offset, end: offset }, newText };
}

/**
 * Builds an index concurrently, after a drop of what a failed build left; undefined where the file would fail then: it has to run outside a
 * transaction, or be able to leave its tool's.
 */
export function concurrently(script: MigrationScript, change: SchemaChange): readonly TextEdit[] | undefined {
  const sql = statementText(script, change);
  const head = sql === undefined ? undefined : /^CREATE\s+(?:UNIQUE\s+)?INDEX\b/i.exec(sql)?.[0];
  const { wraps, statements, optOutLine, changes } = script;
  if (head === undefined || change.name === undefined) return undefined;
  const isOnlyBuild = statements.length === 1 && changes.length === 1;
  const leaves = wraps === "file" && isOnlyBuild ? optOutLine : undefined;
  const runs = leaves?.wraps ?? wraps;
  const isOutside = leaves !== undefined || statements[change.statement]?.openedBy === undefined;
  if (!isOutside || (runs !== "none" && !(runs === "query" && isOnlyBuild))) return undefined;
  const { start } = change.at.span;
  // A second statement would make one query a transaction.
  const drop = runs === "none" ? `DROP INDEX CONCURRENTLY IF EXISTS ${schemaOf(change)}${quoted(change.name)};\n` : "";
  return [
    ...(leaves === undefined ? [] : [insertion(change, 0, `${leaves.text}\n`)]),
    ...(drop === "" ? [] : [insertion(change, start, drop)]),
    insertion(change, start + head.length, " CONCURRENTLY"),
  ];
}

/** An index is in the schema of its table. */
function schemaOf({ table = "" }: SchemaChange): string {
  const dot = table.indexOf(".");
  return dot < 0 ? "" : `${quoted(table.slice(0, dot))}.`;
}

const quoted = (name: string): string => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`);

/** Adds the constraint without a check of the rows there are; undefined where the statement does more. */
export function notValid(script: MigrationScript, change: SchemaChange): readonly TextEdit[] | undefined {
  const sql = statementText(script, change);
  // One that comes with its column has two changes.
  const isAlone = script.changes.filter(({ statement }) => statement === change.statement).length === 1;
  if (sql === undefined || !isAlone) return undefined;
  return [insertion(change, change.at.span.end, " NOT VALID")];
}
