import type { MysqlStatement } from "../../embedded/mysql.ts";
import type { Span } from "../../text/span.ts";
import type { Place } from "../../yaml/node.ts";
import type { SchemaChange, ServerChoice } from "../model/schema-change.ts";

/**
 * What is sure of MySQL's statements without its grammar: tables that are made, every row that is changed, locks and copies that are written,
 * and which tables DDL names. What that DDL does to them is left to the server.
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
        if (at < 0 || at > 2) return indexOf(words, upper, base);
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
        return [...copied(words, upper, base), ...removed(words, upper, base), ...chosen(words, upper, base)];
      case "RENAME":
        return upper[1] === "TABLE" ? [choice(base, "removes", "RENAME TABLE", words[2], undefined)] : [];
      case "DROP":
        if (upper[1] === "INDEX") return indexOf(words, upper, base);
        if (upper[1] !== "TABLE") return [];
        // With IF EXISTS it often makes way for a CREATE TABLE.
        return upper[2] === "IF"
          ? [choice(base, "removes", "DROP TABLE", words[4], undefined)]
          : [{ ...base, does: "drop-table", table: words[2], name: words[2], words: "DROP TABLE" }];
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

function choice(
  base: Base,
  effect: ServerChoice,
  words: string,
  table: string | undefined,
  name: string | undefined,
  isRequired = false,
): SchemaChange {
  return { ...base, does: "server-chooses", effect, isRequired, table, name, words };
}

/** CREATE INDEX … ON and DROP INDEX … ON. */
function indexOf(words: readonly string[], upper: readonly string[], base: Base): readonly SchemaChange[] {
  const at = upper.indexOf("INDEX");
  const on = upper.indexOf("ON");
  const table = words[on + 1];
  if (at < 1 || at > 3 || on < at || table === undefined) return [];
  if (upper[0] === "DROP") return [choice(base, "adds", "DROP INDEX", table, words[on - 1])];
  const effect = stopsWriters.has(upper[1] ?? "") ? "alters" : "adds";
  const using = upper.indexOf("USING");
  return [choice(base, effect, "CREATE INDEX", table, words[(using > 0 && using < on ? using : on) - 1])];
}

/** What the parts of ALTER TABLE do that is not read from its words alone; one part for each comma outside of parentheses. */
function chosen(words: readonly string[], upper: readonly string[], base: Base): readonly SchemaChange[] {
  const first = upper.indexOf("TABLE");
  if (first < 1 || first > 3) return [];
  const at = first + (upper[first + 1] === "IF" ? 3 : 1);
  const table = words[at];
  // With these the server refuses what it could only do by a copy.
  const isOnline = upper.some((word) => word === "INSTANT" || word === "INPLACE" || word === "NONE");
  const alters = isOnline ? "adds" : "alters";
  return partsFrom(upper, at + 1).flatMap(([start, end]): readonly SchemaChange[] => {
    const part = upper.slice(start, end);
    const [verb = "", what = ""] = part;
    const isColumn = what === "COLUMN";
    const plainAt = isColumn ? 2 : 1;
    const nameAt = plainAt + (part[plainAt] === "IF" ? (part[plainAt + 1] === "NOT" ? 3 : 2) : 0);
    const name = words[start + nameAt];
    switch (verb) {
      case "ADD": {
        if (addedKeys.has(what)) {
          const named = words[start + (part[2] === "INDEX" || part[2] === "KEY" ? 3 : 2)];
          const effect = part.some((word) => stopsWriters.has(word)) ? alters : "adds";
          return [choice(base, effect, `ADD ${what}`, table, named === "(" ? undefined : named)];
        }
        const isRequired =
          part.some((word, index) => word === "NOT" && part[index + 1] === "NULL") &&
          !part.some((word) => word === "DEFAULT" || word === "AUTO_INCREMENT" || word === "AS");
        const effect = part.includes("AUTO_INCREMENT") ? alters : "adds";
        return [choice(base, effect, "ADD COLUMN", table, name === "(" ? undefined : name, isRequired)];
      }
      case "MODIFY":
        return [choice(base, alters, "MODIFY COLUMN", table, name)];
      case "CHANGE":
        return [choice(base, part[nameAt] === part[nameAt + 1] ? alters : "removes", "CHANGE COLUMN", table, name)];
      case "DROP":
        if (isColumn) return part[2] === "IF" ? [choice(base, "removes", "DROP COLUMN", table, name)] : [];
        return addedKeys.has(what)
          ? [choice(base, what === "PRIMARY" ? alters : "adds", `DROP ${what}`, table, words[start + 2])]
          : [];
      case "RENAME":
        if (isColumn) return [];
        return addedKeys.has(what)
          ? [choice(base, "adds", `RENAME ${what}`, table, words[start + 2])]
          : [choice(base, "removes", "RENAME", table, undefined)];
      case "CONVERT":
      case "ENGINE":
      case "FORCE":
        return [choice(base, alters, verb === "CONVERT" ? "CONVERT TO CHARACTER SET" : verb, table, undefined)];
      default:
        return [];
    }
  });
}

const addedKeys: ReadonlySet<string> = new Set([
  "CHECK",
  "CONSTRAINT",
  "FOREIGN",
  "FULLTEXT",
  "INDEX",
  "KEY",
  "PRIMARY",
  "SPATIAL",
  "UNIQUE",
]);

/** Keys that are not built while others write. https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html */
const stopsWriters: ReadonlySet<string> = new Set(["CHECK", "FOREIGN", "FULLTEXT", "SPATIAL"]);

/** The words between commas outside of parentheses. */
function partsFrom(upper: readonly string[], from: number): readonly (readonly [start: number, end: number])[] {
  const parts: (readonly [number, number])[] = [];
  let start = from;
  let depth = 0;
  for (let at = from; at < upper.length; at++) {
    if (upper[at] === "(") depth++;
    else if (upper[at] === ")") depth--;
    else if (upper[at] === "," && depth === 0) {
      parts.push([start, at]);
      start = at + 1;
    }
  }
  return [...parts, [start, upper.length]];
}
