import type { MysqlStatement } from "../../embedded/mysql.ts";
import type { Span } from "../../text/span.ts";
import type { Place } from "../../yaml/node.ts";
import type { SchemaChange, ServerChoice, ServerLoss } from "../model/schema-change.ts";

/**
 * What is sure of MySQL's statements without its grammar: tables that are made, every row that is changed, locks and copies that are written,
 * and which tables DDL names. What that DDL does to them is left to the server.
 * https://dev.mysql.com/doc/refman/8.4/en/alter-table.html#alter-table-performance
 */
export function readMysqlChanges(
  statements: readonly MysqlStatement[],
  inside: (span: Span) => Place,
): readonly SchemaChange[] {
  return statements.flatMap(({ words, keywords: upper, span }, statement): readonly SchemaChange[] => {
    const base = { at: inside(span), statement, isInBlock: false, name: undefined };
    switch (upper[0]) {
      case "CREATE":
        return created(words, upper, base);
      case "TRUNCATE":
        return [emptied(base, words[upper[1] === "TABLE" ? 2 : 1], "TRUNCATE")];
      case "UPDATE":
      case "DELETE":
        return everyRow(words, upper, base);
      case "LOCK":
        if (upper[1] !== "TABLES" && upper[1] !== "TABLE") return [];
        return partsFrom(upper, 2).map(([start, end]) => {
          const isWrite = upper.slice(start + 1, end).includes("WRITE");
          const lock = isWrite ? ("ACCESS EXCLUSIVE" as const) : ("SHARE" as const);
          return { ...base, does: "lock-table", table: words[start], lock, words: "LOCK TABLES" };
        });
      case "ALTER":
        return altered(words, upper, base);
      case "RENAME":
        return renamed(words, upper, base);
      case "DROP":
        return dropped(words, upper, base);
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
    {
      ...base,
      does: "change-rows",
      table,
      isDelete: !isUpdate,
      isAll: true,
      nullColumn: undefined,
      words: isUpdate ? "UPDATE" : "DELETE",
    },
  ];
}

function created(words: readonly string[], upper: readonly string[], base: Base): readonly SchemaChange[] {
  const at = upper.indexOf("TABLE");
  const isReplaced = upper[1] === "OR" && upper[2] === "REPLACE";
  if (at < 0 || at > (isReplaced ? 4 : 2)) return indexOf(words, upper, base);
  const table = words[afterExists(upper, at + 1)];
  // MariaDB drops the table that there is. https://mariadb.com/docs/server/reference/sql-statements/data-definition/create/create-table
  if (isReplaced) return upper[3] === "TABLE" ? [emptied(base, table, "CREATE OR REPLACE TABLE")] : [];
  return [
    {
      ...base,
      does: "create-table",
      table,
      columns: new Map(),
      isEnum: false,
      isTemporary: upper.slice(1, at).includes("TEMPORARY"),
      words: "CREATE TABLE",
    },
  ];
}

function emptied(base: Base, table: string | undefined, words: string): SchemaChange {
  return { ...base, does: "empty-table", table, isCascade: false, referencedBy: [], words };
}

/** `RENAME TABLE orders TO orders_old, orders_new TO orders`: a name that another table takes stays in use. */
function renamed(words: readonly string[], upper: readonly string[], base: Base): readonly SchemaChange[] {
  if (upper[1] !== "TABLE" && upper[1] !== "TABLES") return [];
  const pairs = partsFrom(upper, afterExists(upper, 2)).flatMap(([start, end]) => {
    const to = upper.indexOf("TO", start);
    return to < 0 || to >= end ? [] : [{ from: words[start], to: words[to + 1] }];
  });
  const taken = new Set(pairs.map(({ to }) => to));
  return pairs.map(({ from }) => choice(base, taken.has(from) ? "adds" : "removes", "RENAME TABLE", from, undefined));
}

function dropped(words: readonly string[], upper: readonly string[], base: Base): readonly SchemaChange[] {
  if (upper[1] === "INDEX") return indexOf(words, upper, base);
  const at = afterExists(upper, 2);
  if (upper[1] === "DATABASE" || upper[1] === "SCHEMA") {
    const name = words[at];
    return name === undefined
      ? []
      : [{ ...base, does: "drop-database", table: undefined, name, words: "DROP DATABASE" }];
  }
  if (upper[1] !== "TABLE" && upper[1] !== "TABLES") return [];
  return partsFrom(upper, at).map(([start]): SchemaChange => {
    const table = words[start];
    // With IF EXISTS it often makes way for a CREATE TABLE.
    return at > 2
      ? choice(base, "removes", "DROP TABLE", table, undefined, { loses: "table" })
      : { ...base, does: "drop-table", table, name: table, isIfExists: false, words: "DROP TABLE" };
  });
}

/** The word at an index, or behind the `IF EXISTS` or `IF NOT EXISTS` there. */
function afterExists(upper: readonly string[], at: number): number {
  return upper[at] === "IF" ? at + (upper[at + 1] === "NOT" ? 3 : 2) : at;
}

function altered(words: readonly string[], upper: readonly string[], base: Base): readonly SchemaChange[] {
  const first = upper.indexOf("TABLE");
  // `ALTER ONLINE IGNORE TABLE`
  if (first < 1 || first > 3) return [];
  const at = afterExists(upper, first + 1);
  const table = words[at];
  return [...copied(upper, table, base), ...chosen(words, upper, at + 1, table, base)];
}

/** ALGORITHM=COPY and LOCK=… as they are written; without them the server chooses. */
function copied(upper: readonly string[], table: string | undefined, base: Base): readonly SchemaChange[] {
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

function choice(
  base: Base,
  effect: ServerChoice,
  words: string,
  table: string | undefined,
  name: string | undefined,
  more: { readonly isRequired?: boolean; readonly loses?: ServerLoss | undefined } = {},
): SchemaChange {
  return { ...base, does: "server-chooses", effect, isRequired: false, loses: undefined, ...more, table, name, words };
}

/** CREATE INDEX … ON and DROP INDEX … ON. */
function indexOf(words: readonly string[], upper: readonly string[], base: Base): readonly SchemaChange[] {
  const at = upper.indexOf("INDEX");
  const on = upper.indexOf("ON");
  const table = words[on + 1];
  // `CREATE OR REPLACE ONLINE UNIQUE INDEX`
  if (at < 1 || at > 5 || on < at || table === undefined) return [];
  const name = words[afterExists(upper, at + 1)];
  if (upper[0] === "DROP") return [choice(base, "adds", "DROP INDEX", table, name)];
  const effect = stopsWriters.has(upper[at - 1] ?? "") ? "alters" : "adds";
  return [choice(base, effect, "CREATE INDEX", table, name)];
}

/** What the parts of ALTER TABLE do; one part for each comma outside of parentheses. */
function chosen(
  words: readonly string[],
  upper: readonly string[],
  from: number,
  table: string | undefined,
  base: Base,
): readonly SchemaChange[] {
  // With these the server refuses what it could only do by a copy.
  const isOnline = upper.some((word) => word === "INSTANT" || word === "INPLACE" || word === "NONE");
  const alters = isOnline ? "adds" : "alters";
  return partsFrom(upper, from).flatMap(([start, end]): readonly SchemaChange[] => {
    const part = upper.slice(start, end);
    const [verb = "", what = ""] = part;
    const isColumn = what === "COLUMN";
    const nameAt = afterExists(part, isColumn ? 2 : 1);
    const name = words[start + nameAt];
    const ofPartition = partitionChange(words, upper, start, end);
    if (ofPartition !== undefined) {
      const { effect, loses } = ofPartition;
      return [
        choice(base, effect === "alters" ? alters : effect, ofPartition.words, table, ofPartition.name, { loses }),
      ];
    }
    switch (verb) {
      case "ADD": {
        if (what === "PERIOD" && part[2] === "FOR") return [];
        if (what === "SYSTEM" && part[2] === "VERSIONING")
          return [choice(base, alters, "ADD SYSTEM VERSIONING", table, undefined)];
        if (addedKeys.has(what)) {
          const effect = part.some((word) => stopsWriters.has(word)) ? alters : "adds";
          return [choice(base, effect, `ADD ${what}`, table, keyName(part, words.slice(start, end)))];
        }
        const isRequired =
          part.some((word, index) => word === "NOT" && part[index + 1] === "NULL") &&
          !part.some((word) => word === "DEFAULT" || word === "AUTO_INCREMENT" || word === "AS");
        const effect = part.includes("AUTO_INCREMENT") ? alters : "adds";
        return [choice(base, effect, "ADD COLUMN", table, name === "(" ? undefined : name, { isRequired })];
      }
      case "MODIFY":
        return [choice(base, alters, "MODIFY COLUMN", table, name)];
      case "CHANGE": {
        const isSame = name?.toUpperCase() === words[start + nameAt + 1]?.toUpperCase();
        return [choice(base, isSame ? alters : "removes", "CHANGE COLUMN", table, name)];
      }
      case "DROP":
        if (what === "SYSTEM" || what === "PERIOD") return [];
        if (addedKeys.has(what)) {
          const effect = what === "PRIMARY" ? alters : "adds";
          return [choice(base, effect, `DROP ${what}`, table, keyName(part, words.slice(start, end)))];
        }
        if (name === undefined) return [];
        return nameAt > (isColumn ? 2 : 1)
          ? [choice(base, "removes", "DROP COLUMN", table, name, { loses: "column" })]
          : [{ ...base, does: "drop-column", table, name, words: "DROP COLUMN" }];
      case "RENAME": {
        if (addedKeys.has(what)) return [choice(base, "adds", `RENAME ${what}`, table, words[start + 2])];
        if (!isColumn) return [choice(base, "removes", "RENAME", table, undefined)];
        const to = words[start + nameAt + 2];
        return part[nameAt + 1] === "TO" && name !== undefined && to !== undefined
          ? [{ ...base, does: "rename", what: "column", table, name, to, words: "RENAME" }]
          : [];
      }
      // The table is there, and its file is not. https://dev.mysql.com/doc/refman/8.4/en/innodb-table-import.html
      case "DISCARD":
        return what === "TABLESPACE"
          ? [choice(base, "removes", "DISCARD TABLESPACE", table, undefined, { loses: "rows" })]
          : [];
      case "CONVERT":
      case "ENGINE":
      case "FORCE":
        return [choice(base, alters, verb === "CONVERT" ? "CONVERT TO CHARACTER SET" : verb, table, undefined)];
      default:
        return [];
    }
  });
}

/** The name behind `FOREIGN KEY`, `UNIQUE INDEX`, `CONSTRAINT`; undefined: it has none, or is a primary key. */
function keyName(part: readonly string[], words: readonly string[]): string | undefined {
  let at = 1;
  while (addedKeys.has(part[at] ?? "")) at++;
  // The name of a constraint comes before its kind.
  if (part[1] === "CONSTRAINT") at = 2;
  at = afterExists(part, at);
  const isName = /^[\w$]/.test(words[at] ?? "") && part[1] !== "PRIMARY" && !addedKeys.has(part[at] ?? "");
  return isName ? words[at] : undefined;
}

interface PartitionChange {
  readonly effect: ServerChoice;
  readonly words: string;
  readonly name: string | undefined;
  readonly loses: ServerLoss | undefined;
}

/**
 * What the part of ALTER TABLE that begins here does with partitions; undefined: nothing.
 * https://dev.mysql.com/doc/refman/8.4/en/alter-table-partition-operations.html
 */
function partitionChange(
  words: readonly string[],
  upper: readonly string[],
  start: number,
  end: number,
): PartitionChange | undefined {
  const verb = upper[start] ?? "";
  const what = upper[start + 1];
  const change = (effect: ServerChoice, written: string): PartitionChange => ({
    effect,
    words: written,
    name: undefined,
    loses: undefined,
  });
  if (verb === "PARTITION" && what === "BY") return change("alters", "PARTITION BY");
  if (verb === "REMOVE" && what === "PARTITIONING") return change("alters", "REMOVE PARTITIONING");
  if (what !== "PARTITION") return undefined;
  switch (verb) {
    // Those of HASH and KEY share the rows out again.
    case "ADD":
      return change(upper.slice(start, end).includes("PARTITIONS") ? "alters" : "adds", "ADD PARTITION");
    case "DISCARD":
    case "DROP":
    case "TRUNCATE": {
      const first = afterExists(upper, start + 2);
      const names = [words[first] ?? ""];
      for (let at = first + 1; words[at] === "," && words[at + 1] !== undefined; at += 2)
        names.push(words[at + 1] ?? "");
      return { ...change("removes", `${verb} PARTITION`), name: names.join(", "), loses: "partition" };
    }
    case "COALESCE":
    case "REORGANIZE":
    case "REBUILD":
      return change("alters", `${verb} PARTITION`);
    default:
      return undefined;
  }
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
