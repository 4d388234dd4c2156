import type { MysqlStatement } from "../../embedded/mysql.ts";
import type { Span } from "../../text/span.ts";
import type { Place } from "../../yaml/node.ts";
import type { SchemaChange } from "../model/schema-change.ts";

/**
 * What is sure of MySQL's statements without its grammar: tables that are made, every row that is changed, locks and copies that are written.
 * https://dev.mysql.com/doc/refman/8.4/en/alter-table.html#alter-table-performance
 */
export function readMysqlChanges(
  statements: readonly MysqlStatement[],
  inside: (span: Span) => Place,
): readonly SchemaChange[] {
  return statements.flatMap(({ words, span }, statement): readonly SchemaChange[] => {
    const base = { at: inside(span), statement, isInBlock: false, name: undefined };
    const upper = words.map((word) => word.toUpperCase());
    switch (upper[0]) {
      case "CREATE": {
        const at = upper.indexOf("TABLE");
        if (at < 0 || at > 2) return [];
        const table = words[at + (upper[at + 1] === "IF" ? 4 : 1)];
        return [{ ...base, does: "create-table", table, columns: new Map(), words: "CREATE TABLE" }];
      }
      case "TRUNCATE": {
        const table = words[upper[1] === "TABLE" ? 2 : 1];
        return [{ ...base, does: "empty-table", table, isCascade: false, referencedBy: [], words: "TRUNCATE" }];
      }
      case "UPDATE":
      case "DELETE":
        return everyRow(words, upper, base);
      case "LOCK":
        if (upper[1] !== "TABLES" && upper[1] !== "TABLE") return [];
        return lockedTables(words, upper).map(([table, isWrite]) => {
          const lock = isWrite ? ("ACCESS EXCLUSIVE" as const) : ("SHARE" as const);
          return { ...base, does: "lock-table", table, lock, words: "LOCK TABLES" };
        });
      case "ALTER":
        return [...copied(words, upper, base), ...removed(words, upper, base)];
      case "DROP":
        return upper[1] === "TABLE" && upper[2] !== "IF"
          ? [{ ...base, does: "drop-table", table: words[2], name: words[2], words: "DROP TABLE" }]
          : [];
      default:
        return [];
    }
  });
}

interface Base {
  readonly at: Place;
  readonly statement: number;
  readonly isInBlock: boolean;
  readonly name: string | undefined;
}

/** One table, and nothing that chooses rows: no WHERE, LIMIT or join. */
function everyRow(words: readonly string[], upper: readonly string[], base: Base): readonly SchemaChange[] {
  if (upper.some((word) => /^(?:WHERE|LIMIT|JOIN|USING|SELECT)$/.test(word))) return [];
  const isUpdate = upper[0] === "UPDATE";
  const first = upper.findIndex((word, index) => index > 0 && !/^(?:LOW_PRIORITY|QUICK|IGNORE|FROM)$/.test(word));
  const table = words[first];
  // `UPDATE a, b SET …`
  if (table === undefined || !/^[\w$.]+$/.test(table) || upper[first + 1] === ",") return [];
  if (isUpdate && !upper.includes("SET")) return [];
  return [
    { ...base, does: "change-rows", table, isAll: true, nullColumn: undefined, words: isUpdate ? "UPDATE" : "DELETE" },
  ];
}

function lockedTables(words: readonly string[], upper: readonly string[]): readonly (readonly [string, boolean])[] {
  const found: (readonly [string, boolean])[] = [];
  let table: string | undefined;
  for (const [index, word] of upper.entries()) {
    if (index < 2) continue;
    if (word === "WRITE" || (word === "READ" && table !== undefined)) {
      if (table !== undefined) found.push([table, word === "WRITE"]);
      table = undefined;
    } else if (word !== "," && table === undefined) table = words[index];
  }
  return found;
}

/** ALGORITHM=COPY and LOCK=… as they are written; without them the server chooses. */
function copied(words: readonly string[], upper: readonly string[], base: Base): readonly SchemaChange[] {
  if (upper[1] !== "TABLE") return [];
  const table = words[upper[2] === "IF" ? 4 : 2];
  const optionOf = (option: string): string | undefined => {
    const at = upper.lastIndexOf(option);
    return at < 0 ? undefined : upper[at + (upper[at + 1] === "=" ? 2 : 1)];
  };
  const lock = optionOf("LOCK");
  if (lock === "EXCLUSIVE")
    return [{ ...base, does: "copy-table", table, lock: "ACCESS EXCLUSIVE", words: "LOCK=EXCLUSIVE" }];
  if (lock === "SHARED") return [{ ...base, does: "copy-table", table, lock: "SHARE", words: "LOCK=SHARED" }];
  if (optionOf("ALGORITHM") === "COPY")
    return [{ ...base, does: "copy-table", table, lock: "SHARE", words: "ALGORITHM=COPY" }];
  return [];
}

/** DROP COLUMN and RENAME COLUMN, where the word is written: without it a bare name may be a key. */
function removed(words: readonly string[], upper: readonly string[], base: Base): readonly SchemaChange[] {
  if (upper[1] !== "TABLE") return [];
  const table = words[upper[2] === "IF" ? 4 : 2];
  return upper.flatMap((word, index): readonly SchemaChange[] => {
    const name = words[index + 1];
    if (word !== "COLUMN" || name === undefined) return [];
    if (upper[index - 1] === "DROP" && upper[index + 1] !== "IF")
      return [{ ...base, does: "drop-column", table, name, words: "DROP COLUMN" }];
    const to = words[index + 3];
    if (upper[index - 1] !== "RENAME" || upper[index + 2] !== "TO" || to === undefined) return [];
    return [{ ...base, does: "rename", what: "column", table, name, to, words: "RENAME" }];
  });
}
