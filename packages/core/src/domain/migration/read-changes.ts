import type { SqlStatement } from "../../embedded/sql.ts";
import type { SqlNode } from "../../embedded/sql-node.ts";
import { isVolatile, serialTypes } from "../../facts/postgres-rewrites.ts";
import type { Span } from "../../text/span.ts";
import type { Place } from "../../yaml/node.ts";
import type { ColumnFill, Constraint, SchemaChange } from "../model/schema-change.ts";

/** The schema changes of a script; a statement that changes nothing of the kind has none, an ALTER TABLE may have several. */
export function readChanges(
  statements: readonly SqlStatement[],
  inside: (span: Span) => Place,
): readonly SchemaChange[] {
  return statements.flatMap(({ node, inner, span }, statement) =>
    [node, ...inner].flatMap((each) => {
      const base = { at: inside(span), statement, table: tableOf(each.at("relation")) };
      return readers[each.kind]?.(each, base) ?? [];
    }),
  );
}

interface Base {
  readonly at: Place;
  readonly statement: number;
  readonly table: string | undefined;
}

type Reader = (node: SqlNode, base: Base) => readonly SchemaChange[];

const readers: Readonly<Record<string, Reader>> = {
  CreateStmt: (node, base) => {
    const columns = node.items("tableElts").filter(({ kind }) => kind === "ColumnDef");
    const types = columns.map((each) => [each.text("colname") ?? "", typeIn(each)] as const);
    return [{ ...base, does: "create-table", name: undefined, columns: new Map(types), words: "CREATE TABLE" }];
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
    const isTable = node.text("kind") === "REINDEX_OBJECT_TABLE";
    const isConcurrent = node.items("params").some((each) => each.text("defname") === "concurrently");
    const table = isTable ? base.table : undefined;
    return [
      { ...base, table, does: "reindex", name: node.at("relation")?.text("relname"), words: "REINDEX", isConcurrent },
    ];
  },
  RenameStmt: (node, base) => {
    const type = node.text("renameType");
    const what = type === "OBJECT_COLUMN" ? "column" : type === "OBJECT_TABLE" ? "table" : undefined;
    if (what === undefined || (what === "column" && node.text("relationType") !== "OBJECT_TABLE")) return [];
    const name = what === "column" ? node.text("subname") : base.table;
    return [{ ...base, does: "rename", what, name, to: node.text("newname") ?? "", words: "RENAME" }];
  },
  TruncateStmt: (node, base) =>
    node.items("relations").map((each) => {
      return { ...base, table: tableOf(each), does: "empty-table", name: undefined, words: "TRUNCATE" };
    }),
  UpdateStmt: (node, base) => everyRow(node, base, "UPDATE"),
  DeleteStmt: (node, base) => everyRow(node, base, "DELETE"),
  VacuumStmt: (node, base) => {
    if (!node.items("options").some((each) => each.text("defname") === "full")) return [];
    const tables = node.items("rels").map((each) => tableOf(each.at("relation")));
    // Without a table it is all of them.
    return (tables.length === 0 ? [undefined] : tables).map((table) => ({
      ...base,
      table,
      does: "rewrite-table",
      name: undefined,
      words: "VACUUM FULL",
    }));
  },
  ClusterStmt: (_node, base) =>
    base.table === undefined ? [] : [{ ...base, does: "rewrite-table", name: undefined, words: "CLUSTER" }],
  AlterEnumStmt: (node, base) => {
    const value = node.text("oldVal") === undefined ? node.text("newVal") : undefined;
    if (value === undefined) return [];
    const table = nameIn(node.items("typeName"));
    return [{ ...base, table, does: "add-enum-value", name: value, words: "ALTER TYPE … ADD VALUE" }];
  },
  AlterTableStmt: (node, base) =>
    node.text("objtype") === "OBJECT_TABLE" ? node.items("cmds").flatMap((command) => readCommand(command, base)) : [],
};

const noColumns: ReadonlyMap<string, string> = new Map();

/** The type of a column as PostgreSQL calls it: `int4`, `varchar`. */
const typeIn = (column: SqlNode | undefined): string =>
  column?.at("typeName")?.items("names").at(-1)?.text("sval") ?? "";

const made = (relation: SqlNode | undefined, base: Base): readonly SchemaChange[] => [
  {
    ...base,
    table: tableOf(relation),
    does: "create-table",
    name: undefined,
    columns: noColumns,
    words: "CREATE TABLE",
  },
];

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
    return names.map((table) => ({ ...base, table, does: "drop-table", name: table, words: "DROP TABLE" }));
  if (type === "OBJECT_INDEX")
    return names.map((name) => ({ ...base, does: "drop-index", name, words: "DROP INDEX", isConcurrent }));
  return [];
}

/** A constant that is always true restricts nothing; joined tables do, as far as anyone can tell. */
function everyRow(node: SqlNode, base: Base, words: string): readonly SchemaChange[] {
  const where = node.at("whereClause");
  const isTrue = where?.kind === "A_Const" && where.at("boolval")?.is("boolval") === true;
  const isJoined = node.items("fromClause").length > 0 || node.items("usingClause").length > 0;
  if ((where !== undefined && !isTrue) || isJoined) return [];
  return [{ ...base, does: "change-rows", name: undefined, words }];
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
      return [{ ...base, does: "change-type", name, to, from: undefined, words: "ALTER COLUMN … TYPE" }];
    }
    case "AT_AddConstraint":
      return readConstraint(command.at("def"), base);
    case "AT_AddColumn": {
      const column = command.at("def");
      return column === undefined ? [] : [readColumn(column, base)];
    }
    default:
      return [];
  }
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

function readColumn(column: SqlNode, base: Base): SchemaChange {
  const constraints = column.items("constraints");
  const ofKind = (kind: string): SqlNode | undefined => constraints.find((each) => each.text("contype") === kind);
  const type = typeIn(column);
  const generated = ofKind("CONSTR_GENERATED");
  const isRequired = ofKind("CONSTR_NOTNULL") !== undefined || ofKind("CONSTR_PRIMARY") !== undefined;
  const isNumbered = serialTypes.has(type) || ofKind("CONSTR_IDENTITY") !== undefined;
  // A virtual column (18) is computed when it is read.
  const isStored = generated !== undefined && generated.text("generated_kind") !== "v";
  const filled: ColumnFill = isNumbered || isStored ? "computed" : fillOf(ofKind("CONSTR_DEFAULT")?.at("raw_expr"));
  return { ...base, does: "add-column", name: column.text("colname"), type, filled, isRequired, words: "ADD COLUMN" };
}

function fillOf(expression: SqlNode | undefined): ColumnFill {
  if (expression === undefined) return "nothing";
  for (const each of expression.walk()) {
    const called = each.kind === "FuncCall" ? each.items("funcname").at(-1)?.text("sval") : undefined;
    if (called !== undefined && isVolatile(called)) return "computed";
  }
  return "constant";
}
