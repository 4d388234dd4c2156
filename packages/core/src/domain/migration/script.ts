import { oncePer } from "../../text/once.ts";
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

/**
 * Whether a change drops a table of before the release that the script then makes again: the new one has none of its rows. Where IF EXISTS
 * stands for "perhaps", and no earlier script names the table, there is none.
 */
export function isReplacing(change: SchemaChange, script: MigrationScript): boolean {
  return replacing(script).has(change);
}

const replacing = oncePer((script: MigrationScript): ReadonlySet<SchemaChange> => {
  const { changes, madeBeside } = script;
  // In the order of the script: a DO block is one statement with several changes.
  const last = new Map<string, number>();
  for (const [index, change] of changes.entries())
    if (change.does === "create-table" && !change.isTemporary && change.table !== undefined)
      last.set(change.table, index);
  // Names that no table of before has.
  const made = new Set(madeBeside);
  const found = new Set<SchemaChange>();
  for (const [index, change] of changes.entries()) {
    const { does, table = "" } = change;
    if (does === "create-table" || isRenamedAway(change)) made.add(table);
    const isPerhaps = does === "server-chooses" ? change.loses === "table" : does === "drop-table" && change.isIfExists;
    if (!isPerhaps && does !== "drop-table") continue;
    const isAgain = (last.get(table) ?? -1) > index;
    if (isAgain && !made.has(table) && (!isPerhaps || mayHaveExisted(table, script))) found.add(change);
  }
  return found;
});

/** Its rows are under another name from here on. */
function isRenamedAway(change: SchemaChange): boolean {
  return change.does === "rename"
    ? change.what === "table"
    : change.does === "server-chooses" && change.effect === "removes" && /^RENAME\b/.test(change.words);
}

/** Without earlier scripts nobody can tell. */
function mayHaveExisted(table: string, script: MigrationScript): boolean {
  const name = table.slice(table.lastIndexOf(".") + 1).toLowerCase();
  return script.earlier.length === 0 || earlierNames(script).has(name);
}

const earlierNames = oncePer(
  ({ earlier }: MigrationScript): ReadonlySet<string> =>
    new Set(earlier.flatMap((text) => [...text.matchAll(/[\w$]+/g)].map(([word]) => word.toLowerCase()))),
);

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

interface Held {
  readonly by: SchemaChange;
  readonly table: string;
}

/** A short statement before this one in its transaction, whose lock stops SELECTs for as long as this one runs. */
export function lockBefore(script: MigrationScript, change: SchemaChange): Held | undefined {
  const transaction = script.statements[change.statement]?.transaction;
  if (transaction === undefined) return undefined;
  const own = stoppedTable(change, script);
  const held = heldIn(script)
    .get(transaction)
    ?.find(({ table }) => table !== own);
  return held !== undefined && held.by.statement < change.statement ? held : undefined;
}

/** Of each transaction the first short statement that stops SELECTs, and the first that stops those of another table. */
const heldIn = oncePer((script: MigrationScript): ReadonlyMap<number, readonly Held[]> => {
  const found = new Map<number, Held[]>();
  for (const by of script.changes) {
    const transaction = script.statements[by.statement]?.transaction;
    const table = transaction === undefined || isLong(by) ? undefined : stoppedTable(by, script);
    if (transaction === undefined || table === undefined) continue;
    const held = found.get(transaction);
    if (held === undefined) found.set(transaction, [{ by, table }]);
    else if (held.length === 1 && held[0]?.table !== table) held.push({ by, table });
  }
  return found;
});

/** `. ADD COLUMN before it keeps SELECTs of orders waiting as well`: the rest of a message about a long statement. */
export function andBefore(script: MigrationScript, change: SchemaChange): string {
  const before = lockBefore(script, change);
  return before === undefined
    ? ""
    : `. ${before.by.words} before it, in the same transaction, keeps SELECTs of ${before.table} waiting as well`;
}
