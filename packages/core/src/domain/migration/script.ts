import type { Place } from "../../yaml/node.ts";
import type { MigrationScript, SchemaChange } from "../model/schema-change.ts";
import { isLong, locksOf } from "./locks.ts";

type ChangeOf<Does> = SchemaChange & { readonly does: Does };

/** Changes of a kind to what exists before the release: tables that it makes itself hold no rows and have no users. */
export function changesOf<Does extends SchemaChange["does"]>(
  { changes, made }: MigrationScript,
  ...kinds: readonly Does[]
): readonly ChangeOf<Does>[] {
  return changes.filter(
    (change): change is ChangeOf<Does> =>
      (kinds as readonly string[]).includes(change.does) && !(change.table !== undefined && made.has(change.table)),
  );
}

/** Whether two changes run in one transaction for sure. */
export function isSameTransaction({ statements }: MigrationScript, a: SchemaChange, b: SchemaChange): boolean {
  const first = statements[a.statement]?.transaction;
  return a.statement === b.statement || (first !== undefined && first === statements[b.statement]?.transaction);
}

/** `CREATE INDEX orders_status`, `UPDATE`: a change in SQL's words. */
export const nameChange = ({ words, name }: SchemaChange): string => (name === undefined ? words : `${words} ${name}`);

/** A concurrent build, as it is written: `CREATE INDEX CONCURRENTLY orders_status`. */
export const nameBuild = ({ words, name }: SchemaChange): string =>
  [words, "CONCURRENTLY", ...(name === undefined ? [] : [name])].join(" ");

/** ` (2 more statements here do the same)`: the rest of a list whose first is named. */
export function andMore(all: readonly unknown[]): string {
  const more = all.length - 1;
  return more === 0
    ? ""
    : ` (${more === 1 ? "1 more statement here does" : `${more} more statements here do`} the same)`;
}

/** The others of a list whose first is reported. */
export function othersOf(
  changes: readonly SchemaChange[],
): readonly { readonly message: string; readonly at: Place }[] {
  return changes.slice(1, 5).map((change) => ({ message: nameChange(change), at: change.at }));
}

/** A table in use that nobody can read after the change, until its transaction ends. */
function stoppedTable(change: SchemaChange, { made }: MigrationScript): string | undefined {
  return locksOf(change).find(({ lock, table }) => lock === "ACCESS EXCLUSIVE" && !made.has(table))?.table;
}

/** A short statement before this one in its transaction, whose lock stops SELECTs for as long as this one runs. */
export function lockBefore(
  script: MigrationScript,
  change: SchemaChange,
): { readonly by: SchemaChange; readonly table: string } | undefined {
  for (const by of script.changes) {
    const table = isLong(by) || by.statement >= change.statement ? undefined : stoppedTable(by, script);
    if (table !== undefined && stoppedTable(change, script) !== table && isSameTransaction(script, by, change))
      return { by, table };
  }
  return undefined;
}

/** `. ADD COLUMN before it keeps SELECTs of orders waiting as well`: the rest of a message about a long statement. */
export function andBefore(script: MigrationScript, change: SchemaChange): string {
  const before = lockBefore(script, change);
  return before === undefined
    ? ""
    : `. ${before.by.words} before it, in the same transaction, keeps SELECTs of ${before.table} waiting as well`;
}
