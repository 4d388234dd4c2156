import type { SqlStatement } from "../../embedded/sql.ts";
import type { SqlNode } from "../../embedded/sql-node.ts";
import { isVolatile, serialTypes } from "../../facts/postgres-rewrites.ts";
import type { Span } from "../../text/span.ts";
import type { Place } from "../../yaml/node.ts";
import {
  type ColumnFill,
  type Constraint,
  type Renamed,
  type Rewrite,
  type SchemaChange,
  type TableLock,
  tableLocks,
} from "../model/schema-change.ts";

/** The schema changes of a script; a statement that changes nothing of the kind has none, an ALTER TABLE may have several. */
export function readChanges(
  statements: readonly SqlStatement[],
  inside: (span: Span) => Place,
): readonly SchemaChange[] {
  return statements.flatMap(({ node, inner, span }, statement) =>
    [node, ...inner].flatMap((each) => {
      const base = { at: inside(span), statement, table: tableOf(each.at("relation")), isInBlock: each !== node };
      return readers[each.kind]?.(each, base) ?? [];
    }),
  );
}

interface Base {
  readonly at: Place;
  readonly statement: number;
  readonly table: string | undefined;
  readonly isInBlock: boolean;
}

type Reader = (node: SqlNode, base: Base) => readonly SchemaChange[];

const readers: Readonly<Record<string, Reader>> = {
  CreateStmt: (node, base) => {
    const columns = node.items("tableElts").filter(({ kind }) => kind === "ColumnDef");
    const types = columns.map((each) => [each.text("colname") ?? "", typeIn(each)] as const);
    const parents = node.at("partbound") === undefined ? [] : node.items("inhRelations");
    const keys = [...node.items("tableElts"), ...columns.flatMap((each) => each.items("constraints"))];
    return [
      {
        ...base,
        does: "create-table",
        name: undefined,
        columns: new Map(types),
        isEnum: false,
        isTemporary: isTemporary(node.at("relation")),
        words: "CREATE TABLE",
      },
      ...parents.flatMap((each) =>
        altered({ ...base, table: tableOf(each) }, "CREATE TABLE … PARTITION OF", base.table),
      ),
      ...keys.flatMap((each) => {
        const other = tableOf(each.at("pktable"));
        if (other === undefined || other === base.table) return [];
        return altered({ ...base, table: other }, "REFERENCES", base.table, "SHARE ROW EXCLUSIVE").map(
          (change): SchemaChange => (change.does === "alter-table" ? { ...change, isReferenced: true } : change),
        );
      }),
    ];
  },
  CreateTableAsStmt: (node, base) => made(node.at("into")?.at("rel"), base),
  SelectStmt: (node, base) => (node.at("intoClause") === undefined ? [] : made(node.at("intoClause")?.at("rel"), base)),
  ViewStmt: (node, base) => made(node.at("view"), base),
  CreateEnumStmt: (node, base) => [
    {
      ...base,
      table: nameIn(node.items("typeName")),
      does: "create-table",
      name: undefined,
      columns: noColumns,
      isEnum: true,
      isTemporary: false,
      words: "CREATE TYPE",
    },
  ],
  // A partitioned table alone (ONLY) holds no rows.
  IndexStmt: (node, base) =>
    node.at("relation")?.is("inh") !== true
      ? []
      : [
          {
            ...base,
            does: "create-index",
            name: node.text("idxname"),
            words: node.is("unique") ? "CREATE UNIQUE INDEX" : "CREATE INDEX",
            isConcurrent: node.is("concurrent"),
            isIfNotExists: node.is("if_not_exists"),
          },
        ],
  DropStmt: readDrop,
  ReindexStmt: (node, base) => {
    const kind = node.text("kind")?.slice("REINDEX_OBJECT_".length) ?? "";
    if (kind === "SCHEMA" || kind === "SYSTEM" || kind === "DATABASE") return refused(base, `REINDEX ${kind}`);
    const isTable = kind === "TABLE";
    const isConcurrent = node.items("params").some((each) => each.text("defname") === "concurrently");
    const table = isTable ? base.table : undefined;
    return [
      { ...base, table, does: "reindex", name: node.at("relation")?.text("relname"), words: "REINDEX", isConcurrent },
    ];
  },
  RenameStmt: readRename,
  AlterObjectSchemaStmt: (node, base) => {
    const what = node.text("objectType") === "OBJECT_TABLE" ? "table" : "view";
    if (base.table === undefined || !/^OBJECT_(?:TABLE|VIEW|MATVIEW)$/.test(node.text("objectType") ?? "")) return [];
    const to = `${node.text("newschema")}.${base.table.slice(base.table.lastIndexOf(".") + 1)}`;
    return [{ ...base, does: "rename", what, name: base.table, to, words: "SET SCHEMA" }];
  },
  TruncateStmt: (node, base) =>
    node.items("relations").map((each) => {
      const isCascade = node.text("behavior") === "DROP_CASCADE";
      return {
        ...base,
        table: tableOf(each),
        does: "empty-table",
        name: undefined,
        isCascade,
        referencedBy: [],
        words: "TRUNCATE",
      };
    }),
  UpdateStmt: (node, base) => [rowsOf(node, base, "UPDATE")],
  DeleteStmt: (node, base) => [rowsOf(node, base, "DELETE")],
  InsertStmt: (node, base) => {
    const rows = node.at("selectStmt");
    if ((rows?.items("fromClause").length ?? 0) === 0) return [];
    return [{ ...base, does: "copy-rows", name: undefined, words: "INSERT … SELECT" }];
  },
  RefreshMatViewStmt: (node, base) => {
    const words = "REFRESH MATERIALIZED VIEW";
    return [{ ...base, does: "refresh-view", name: base.table, isConcurrent: node.is("concurrent"), words }];
  },
  LockStmt: (node, base) => {
    const lock = tableLocks[(node.number("mode") ?? 0) - 1];
    if (lock === undefined) return [];
    return node.items("relations").map((each) => {
      return { ...base, table: tableOf(each), does: "lock-table", name: undefined, lock, words: "LOCK TABLE" };
    });
  },
  CreateTrigStmt: (node, base) => altered(base, "CREATE TRIGGER", node.text("trigname"), "SHARE ROW EXCLUSIVE"),
  CreatePolicyStmt: (node, base) => altered({ ...base, table: tableOf(node.at("table")) }, "CREATE POLICY"),
  RuleStmt: (_node, base) => altered(base, "CREATE RULE"),
  CreatedbStmt: (_node, base) => refused(base, "CREATE DATABASE"),
  DropdbStmt: (node, base) => {
    const name = node.text("dbname");
    return [
      { ...base, does: "drop-database", name, words: "DROP DATABASE" },
      ...refused({ ...base, table: undefined }, "DROP DATABASE"),
    ];
  },
  DropOwnedStmt: (node, base) => {
    const name = node.items("roles")[0]?.text("rolename");
    return [{ ...base, does: "drop-owned", name, words: "DROP OWNED BY" }];
  },
  AlterSystemStmt: (_node, base) => refused(base, "ALTER SYSTEM"),
  CreateTableSpaceStmt: (_node, base) => refused(base, "CREATE TABLESPACE"),
  DropTableSpaceStmt: (_node, base) => refused(base, "DROP TABLESPACE"),
  VacuumStmt: (node, base) => {
    if (!node.is("is_vacuumcmd")) return []; // ANALYZE
    const outside = refused({ ...base, table: undefined }, "VACUUM");
    if (!node.items("options").some((each) => each.text("defname") === "full")) return outside;
    const tables = node.items("rels").map((each) => tableOf(each.at("relation")));
    // Without a table it is all of them.
    const rewritten = (tables.length === 0 ? [undefined] : tables).map(
      (table): SchemaChange => ({
        ...base,
        table,
        does: "rewrite-table",
        rewrite: "space",
        name: undefined,
        words: "VACUUM FULL",
      }),
    );
    return [...rewritten, ...outside];
  },
  ClusterStmt: (_node, base) =>
    base.table === undefined
      ? []
      : [{ ...base, does: "rewrite-table", rewrite: "space", name: undefined, words: "CLUSTER" }],
  AlterEnumStmt: (node, base) => {
    const value = node.text("oldVal") === undefined ? node.text("newVal") : undefined;
    const table = nameIn(node.items("typeName"));
    const old = node.text("oldVal");
    if (old !== undefined) {
      const to = node.text("newVal") ?? "";
      return [{ ...base, table, does: "rename", what: "value", name: old, to, words: "RENAME VALUE" }];
    }
    if (value === undefined) return [];
    return [{ ...base, table, does: "add-enum-value", name: value, words: "ALTER TYPE … ADD VALUE" }];
  },
  AlterTableStmt: (node, base) =>
    node.text("objtype") === "OBJECT_TABLE" ? node.items("cmds").flatMap((command) => readCommand(command, base)) : [],
};

function refused(base: Base, words: string): readonly SchemaChange[] {
  return [{ ...base, does: "refuse-transaction", name: undefined, words }];
}

function altered(
  base: Base,
  words: string,
  name: string | undefined = undefined,
  lock: TableLock = "ACCESS EXCLUSIVE",
): readonly SchemaChange[] {
  return [{ ...base, does: "alter-table", name, lock, isReferenced: false, words }];
}

const renamed: Readonly<Record<string, Renamed>> = {
  OBJECT_COLUMN: "column",
  OBJECT_MATVIEW: "view",
  OBJECT_SCHEMA: "schema",
  OBJECT_TABLE: "table",
  OBJECT_VIEW: "view",
};

function readRename(node: SqlNode, base: Base): readonly SchemaChange[] {
  const what = renamed[node.text("renameType") ?? ""];
  if (what === undefined || (what === "column" && node.text("relationType") !== "OBJECT_TABLE")) return [];
  const name = what === "column" || what === "schema" ? node.text("subname") : base.table;
  return [{ ...base, does: "rename", what, name, to: node.text("newname") ?? "", words: "RENAME" }];
}

const noColumns: ReadonlyMap<string, string> = new Map();

/** The type of a column as PostgreSQL calls it: `int4`, `varchar(20)`, `numeric(10,2)`. */
function typeIn(column: SqlNode | undefined): string {
  const type = column?.at("typeName");
  const name = type?.items("names").at(-1)?.text("sval") ?? "";
  const numbers = type?.items("typmods").map((each) => each.at("ival")?.number("ival") ?? 0) ?? [];
  return numbers.length === 0 ? name : `${name}(${numbers.join(",")})`;
}

const made = (relation: SqlNode | undefined, base: Base): readonly SchemaChange[] => [
  {
    ...base,
    table: tableOf(relation),
    does: "create-table",
    name: undefined,
    columns: noColumns,
    isEnum: false,
    isTemporary: isTemporary(relation),
    words: "CREATE TABLE",
  },
];

/** It goes with its session. */
function isTemporary(relation: SqlNode | undefined): boolean {
  return relation?.text("relpersistence") === "t";
}

/** `orders`, `sales.orders`; undefined where the node names no table. */
function tableOf(relation: SqlNode | undefined): string | undefined {
  const name = relation?.text("relname");
  const schema = relation?.text("schemaname");
  return name === undefined || schema === undefined || schema === "public" ? name : `${schema}.${name}`;
}

function nameIn(parts: readonly SqlNode[]): string | undefined {
  const words = parts.map((each) => each.text("sval") ?? "");
  if (words.length > 1 && words[0] === "public") words.shift();
  return words.length === 0 ? undefined : words.join(".");
}

function readDrop(node: SqlNode, base: Base): readonly SchemaChange[] {
  const type = node.text("removeType");
  const names = node.items("objects").map((each) => nameIn(each.items("items")));
  const isConcurrent = node.is("concurrent");
  if (type === "OBJECT_TABLE")
    return names.map((table) => ({
      ...base,
      table,
      does: "drop-table",
      name: table,
      isIfExists: node.is("missing_ok"),
      words: "DROP TABLE",
    }));
  if (type === "OBJECT_INDEX")
    return names.map((name) => ({ ...base, does: "drop-index", name, words: "DROP INDEX", isConcurrent }));
  if (type === "OBJECT_VIEW" || type === "OBJECT_MATVIEW")
    return names.map((table) => ({ ...base, table, does: "drop-view", name: table, words: "DROP VIEW" }));
  if (type === "OBJECT_SCHEMA") {
    const isCascade = node.text("behavior") === "DROP_CASCADE";
    return node
      .items("objects")
      .map((each) => ({ ...base, does: "drop-schema", name: each.text("sval"), isCascade, words: "DROP SCHEMA" }));
  }
  return [];
}

/** A constant that is always true restricts nothing; joined tables do, as far as anyone can tell. */
function rowsOf(node: SqlNode, base: Base, words: "UPDATE" | "DELETE"): SchemaChange {
  const where = node.at("whereClause");
  const isTrue = where?.kind === "A_Const" && where.at("boolval")?.is("boolval") === true;
  const isJoined = node.items("fromClause").length > 0 || node.items("usingClause").length > 0;
  const isAll = (where === undefined || isTrue) && !isJoined;
  const isNullTest = where?.kind === "NullTest" && where.text("nulltesttype") === "IS_NULL" && !isJoined;
  const nullColumn = isNullTest ? where.at("arg")?.items("fields").at(-1)?.text("sval") : undefined;
  return { ...base, does: "change-rows", name: undefined, isDelete: words === "DELETE", isAll, nullColumn, words };
}

function readCommand(command: SqlNode, base: Base): readonly SchemaChange[] {
  const name = command.text("name");
  switch (command.text("subtype")) {
    case "AT_SetNotNull":
      return [{ ...base, does: "set-not-null", name, words: "SET NOT NULL" }];
    case "AT_DropColumn":
      return [{ ...base, does: "drop-column", name, words: "DROP COLUMN" }];
    case "AT_ValidateConstraint":
      return [{ ...base, does: "validate-constraint", name, words: "VALIDATE CONSTRAINT" }];
    case "AT_AlterColumnType": {
      const to = typeIn(command.at("def"));
      const isComputed = computes(command.at("def")?.at("raw_default"));
      return [{ ...base, does: "change-type", name, to, from: undefined, isComputed, words: "ALTER COLUMN … TYPE" }];
    }
    case "AT_AddConstraint":
      return readConstraint(command.at("def"), base);
    case "AT_AddColumn": {
      const column = command.at("def");
      return column === undefined ? [] : readColumn(column, base);
    }
    case "AT_AttachPartition": {
      const other = tableOf(command.at("def")?.at("name"));
      return [{ ...base, does: "attach-partition", name: other, other, words: "ATTACH PARTITION" }];
    }
    case "AT_DetachPartition": {
      const partition = command.at("def");
      const isConcurrent = partition?.is("concurrent") === true;
      const words = "DETACH PARTITION";
      const detached = tableOf(partition?.at("name"));
      const change: SchemaChange = { ...base, does: "detach-partition", name: detached, isConcurrent, words };
      return isConcurrent ? [change, ...refused(base, `${words} CONCURRENTLY`)] : [change];
    }
    case "AT_SetUnLogged":
      return rewritten(base, "SET UNLOGGED", "unlogged");
    case "AT_SetLogged":
      return rewritten(base, "SET LOGGED", "logged");
    case "AT_SetTableSpace":
      return rewritten(base, "SET TABLESPACE", "tablespace");
    case "AT_SetAccessMethod":
      return rewritten(base, "SET ACCESS METHOD", "space");
    default: {
      const [words, lock] = otherCommands[command.text("subtype") ?? ""] ?? ["ALTER TABLE", "ACCESS EXCLUSIVE"];
      return altered(base, words, name, lock);
    }
  }
}

function rewritten(base: Base, words: string, rewrite: Rewrite): readonly SchemaChange[] {
  return [{ ...base, does: "rewrite-table", rewrite, name: undefined, words }];
}

/** Commands that keep no rows waiting beyond the moment, and their locks. https://www.postgresql.org/docs/current/sql-altertable.html */
const otherCommands: Readonly<Record<string, readonly [words: string, lock: TableLock]>> = {
  AT_ColumnDefault: ["SET DEFAULT", "ACCESS EXCLUSIVE"],
  AT_DropConstraint: ["DROP CONSTRAINT", "ACCESS EXCLUSIVE"],
  AT_DropNotNull: ["DROP NOT NULL", "ACCESS EXCLUSIVE"],
  AT_ChangeOwner: ["OWNER TO", "ACCESS EXCLUSIVE"],
  AT_EnableRowSecurity: ["ENABLE ROW LEVEL SECURITY", "ACCESS EXCLUSIVE"],
  AT_EnableTrig: ["ENABLE TRIGGER", "SHARE ROW EXCLUSIVE"],
  AT_EnableTrigAll: ["ENABLE TRIGGER", "SHARE ROW EXCLUSIVE"],
  AT_EnableTrigUser: ["ENABLE TRIGGER", "SHARE ROW EXCLUSIVE"],
  AT_DisableTrig: ["DISABLE TRIGGER", "SHARE ROW EXCLUSIVE"],
  AT_DisableTrigAll: ["DISABLE TRIGGER", "SHARE ROW EXCLUSIVE"],
  AT_DisableTrigUser: ["DISABLE TRIGGER", "SHARE ROW EXCLUSIVE"],
  AT_SetStatistics: ["SET STATISTICS", "SHARE UPDATE EXCLUSIVE"],
  AT_SetRelOptions: ["SET (…)", "SHARE UPDATE EXCLUSIVE"],
  AT_ResetRelOptions: ["RESET (…)", "SHARE UPDATE EXCLUSIVE"],
  AT_SetOptions: ["SET (…)", "SHARE UPDATE EXCLUSIVE"],
  AT_ClusterOn: ["CLUSTER ON", "SHARE UPDATE EXCLUSIVE"],
};

/** Whether an expression is more than a column, or its cast: it is evaluated for each row. */
function computes(expression: SqlNode | undefined): boolean {
  if (expression === undefined) return false;
  if (expression.kind === "TypeCast") return computes(expression.at("arg"));
  return expression.kind !== "ColumnRef";
}

const constraintKinds: Readonly<Record<string, Constraint>> = {
  CONSTR_CHECK: "check",
  CONSTR_FOREIGN: "foreign-key",
  CONSTR_UNIQUE: "unique",
  CONSTR_PRIMARY: "unique",
  CONSTR_EXCLUSION: "exclusion",
  CONSTR_NOTNULL: "not-null",
};

function readConstraint(node: SqlNode | undefined, base: Base): readonly SchemaChange[] {
  const kind = constraintKinds[node?.text("contype") ?? ""];
  if (node === undefined || kind === undefined) return [];
  const constraint: Constraint =
    node.text("indexname") !== undefined ? "of-index" : node.is("skip_validation") ? "not-valid" : kind;
  const other = tableOf(node.at("pktable"));
  return [{ ...base, does: "add-constraint", name: node.text("conname"), constraint, other, words: "ADD CONSTRAINT" }];
}

/** The column and what is checked with it: a foreign key of a column without a value is valid as it is. */
function readColumn(column: SqlNode, base: Base): readonly SchemaChange[] {
  const constraints = column.items("constraints");
  const ofKind = (kind: string): SqlNode | undefined => constraints.find((each) => each.text("contype") === kind);
  const type = typeIn(column);
  const generated = ofKind("CONSTR_GENERATED");
  const isRequired = ofKind("CONSTR_NOTNULL") !== undefined || ofKind("CONSTR_PRIMARY") !== undefined;
  const isNumbered = serialTypes.has(type) || ofKind("CONSTR_IDENTITY") !== undefined;
  // A virtual column (18) is computed when it is read.
  const isStored = generated !== undefined && generated.text("generated_kind") !== "v";
  const filled: ColumnFill = isNumbered || isStored ? "computed" : fillOf(ofKind("CONSTR_DEFAULT")?.at("raw_expr"));
  // One that computes its values writes the table again anyway.
  const checked =
    filled === "computed"
      ? []
      : ["CONSTR_CHECK", "CONSTR_UNIQUE", "CONSTR_PRIMARY", ...(filled === "nothing" ? [] : ["CONSTR_FOREIGN"])];
  return [
    { ...base, does: "add-column", name: column.text("colname"), type, filled, isRequired, words: "ADD COLUMN" },
    ...checked.flatMap((kind) => readConstraint(ofKind(kind), base)),
  ];
}

function fillOf(expression: SqlNode | undefined): ColumnFill {
  if (expression === undefined) return "nothing";
  for (const each of expression.walk()) {
    const called = each.kind === "FuncCall" ? each.items("funcname").at(-1)?.text("sval") : undefined;
    if (called !== undefined && isVolatile(called)) return "computed";
  }
  return "constant";
}
