import { typeChange } from "../../facts/postgres-rewrites.ts";
import { type SchemaChange, type TableLock, tableLocks } from "../model/schema-change.ts";

/** A lock that a change takes on a table and keeps until its transaction ends. */
export interface TakenLock {
  readonly table: string;
  readonly lock: TableLock;
}

/**
 * The locks of a change on tables; none where it names no table.
 * https://www.postgresql.org/docs/current/explicit-locking.html and the page of each command; test/real/migration-statements.test.ts reads them in pg_locks.
 */
export function locksOf(change: SchemaChange): readonly TakenLock[] {
  const { table } = change;
  if (table === undefined) return [];
  const lock = lockOf(change);
  const own: readonly TakenLock[] = lock === undefined ? [] : [{ table, lock }];
  const other = otherLockOf(change);
  return other === undefined ? own : [...own, other];
}

function lockOf(change: SchemaChange): TableLock | undefined {
  switch (change.does) {
    case "lock-table":
    case "alter-table":
    case "copy-table":
      return change.lock;
    case "create-index":
    case "reindex":
      return change.isConcurrent ? "SHARE UPDATE EXCLUSIVE" : "SHARE";
    case "drop-index":
    case "detach-partition":
      return change.isConcurrent ? "SHARE UPDATE EXCLUSIVE" : "ACCESS EXCLUSIVE";
    case "refresh-view":
      return change.isConcurrent ? "EXCLUSIVE" : "ACCESS EXCLUSIVE";
    case "attach-partition":
    case "validate-constraint":
      return "SHARE UPDATE EXCLUSIVE";
    case "add-constraint":
      return change.other === undefined ? "ACCESS EXCLUSIVE" : "SHARE ROW EXCLUSIVE";
    case "change-rows":
    case "copy-rows":
      return "ROW EXCLUSIVE";
    case "rename":
      return change.what === "value" || change.what === "schema" ? undefined : "ACCESS EXCLUSIVE";
    case "create-table":
    case "drop-database":
    case "drop-owned":
    case "drop-schema":
    case "add-enum-value":
    case "refuse-transaction":
    case "server-chooses":
      return undefined;
    default:
      return "ACCESS EXCLUSIVE";
  }
}

function otherLockOf(change: SchemaChange): TakenLock | undefined {
  if (change.does === "attach-partition" && change.other !== undefined)
    return { table: change.other, lock: "ACCESS EXCLUSIVE" };
  if (change.does === "add-constraint" && change.other !== undefined && change.other !== change.table)
    return { table: change.other, lock: "SHARE ROW EXCLUSIVE" };
  return undefined;
}

const strengthOf = (lock: TableLock): number => tableLocks.indexOf(lock);

/** What waits for a lock: reads and writes, only writes, or neither. */
export function stops(lock: TableLock): "reads" | "writes" | "nothing" {
  if (lock === "ACCESS EXCLUSIVE") return "reads";
  return strengthOf(lock) >= strengthOf("SHARE") ? "writes" : "nothing";
}

/** Whether the change may take as long as a table is large. */
export function isLong(change: SchemaChange): boolean {
  switch (change.does) {
    case "create-index":
    case "reindex":
    case "copy-rows":
    case "copy-table":
    case "refresh-view":
    case "rewrite-table":
    case "set-not-null":
    case "validate-constraint":
      return true;
    case "change-type":
      return change.isComputed || typeChange(change.from, change.to).rewrites;
    case "add-column":
      return change.filled === "computed";
    case "change-rows":
      return change.isAll || change.nullColumn !== undefined;
    case "add-constraint":
      return change.constraint !== "not-valid" && change.constraint !== "of-index";
    default:
      return false;
  }
}
