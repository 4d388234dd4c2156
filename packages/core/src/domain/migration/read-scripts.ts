import { programOf, writtenLine } from "../../embedded/command.ts";
import { mysqlStatements } from "../../embedded/mysql.ts";
import { readSql } from "../../embedded/sql.ts";
import type { SqlParser } from "../../embedded/sql-parser.ts";
import {
  isForeignSql,
  isMysqlSql,
  isUndoing,
  type MigrationFiles,
  migrationFiles,
  type Wrapping,
} from "../../facts/migration-files.ts";
import type { Container } from "../../kube/container.ts";
import { sqlGivenTo } from "../../kube/given-sql.ts";
import type { Resource } from "../../kube/resource.ts";
import type { Workload } from "../../kube/workload.ts";
import type { SourceFile } from "../../text/source-file.ts";
import type { Span } from "../../text/span.ts";
import type { Place } from "../../yaml/node.ts";
import { partOf } from "../../yaml/part-of.ts";
import type { Migration } from "../model/migration.ts";
import { isMysqlHost } from "../model/mysql-host.ts";
import type { MigrationScript, SchemaChange } from "../model/schema-change.ts";
import { readChanges } from "./read-changes.ts";
import { readMysqlChanges } from "./read-mysql-changes.ts";
import { readPrivileges } from "./read-privileges.ts";
import { openBegin, transactionsIn } from "./transactions.ts";

/** A script above this is data, not a change of the schema: parsing it takes seconds. */
export const longestScript = 1 << 20;

/** The order in which tools run files: `V2` before `V10`. */
const inOrder = (a: string, b: string): number => a.localeCompare(b, "en", { numeric: true });

/** A script before it is read. */
interface Given {
  readonly text: string;
  readonly at: Place;
  readonly inside: (span: Span) => Place;
  readonly wraps: Wrapping | undefined;
  readonly tool: string | undefined;
  /** For MySQL or MariaDB. */
  readonly isMysql?: boolean;
  readonly optOut?: string | undefined;
  readonly optOutLine?: MigrationScript["optOutLine"];
  readonly unless?: string | undefined;
  readonly migrations: readonly Migration[];
  readonly resource?: Resource;
  readonly earlier: readonly string[];
  /** Texts that the same release runs. */
  readonly beside: readonly string[];
}

/** The script and how much of it PostgreSQL's grammar refuses; undefined: it is no migration that can be judged. */
export interface ReadScript {
  readonly script: MigrationScript | undefined;
  readonly unread: readonly Span[];
  /** Where a quote begins that nothing closes. */
  readonly openQuote?: number | undefined;
  /** Written for another database than PostgreSQL. */
  readonly isForeign?: true;
}

/**
 * A file of SQL. `folder` holds the others beside it, in the order in which they run; `isNew` tells which of them the release brings along.
 * The first migration of a folder makes a schema that nobody uses yet, and what undoes one runs with no release: they change nothing.
 */
export function readScriptFile(
  file: SourceFile,
  folder: readonly SourceFile[],
  isNew: (file: SourceFile) => boolean,
  migrations: readonly Migration[],
  parser: () => SqlParser,
): ReadScript {
  const files = filesOf(file, migrations);
  const running = migrations.filter(({ tool }) => tool === files?.tool);
  const others = folder.filter((each) => each !== file && !isUndoing(each.uri));
  const earlier = others.filter((each) => inOrder(each.uri, file.uri) < 0);
  const isForeign = [file, ...earlier].some(({ text }) => isForeignSql(text));
  const isMysql = isReadAsMysql(running) || (isForeign && [file, ...earlier].some(({ text }) => isMysqlSql(text)));
  if (isForeign && !isMysql)
    return { script: undefined, unread: [{ start: 0, end: file.text.length }], isForeign: true };
  const isFirst = others.length > 0 && earlier.length === 0;
  const down = files?.down?.exec(file.text)?.index;
  const at = { file, span: { start: 0, end: file.text.length }, yamlPath: [] };
  const result = read(
    {
      text: down === undefined ? file.text : file.text.slice(0, down),
      at,
      inside: (span) => ({ file, span, yamlPath: [] }),
      ...wrappingOf(file.text, files, running),
      isMysql,
      migrations: running,
      earlier: earlier.filter((each) => !isNew(each)).map(({ text }) => text),
      beside: others.filter(isNew).map(({ text }) => text),
    },
    parser,
  );
  const isQuiet = isFirst || isUndoing(file.uri);
  return isQuiet && result.script !== undefined ? { ...result, script: { ...result.script, changes: [] } } : result;
}

/** Whose file it is, by its name or a line of it; where several name theirs alike, the one that something in view runs. */
function filesOf({ uri, text }: SourceFile, migrations: readonly Migration[]): MigrationFiles | undefined {
  const candidates = migrationFiles.filter(
    ({ path, mark }) => path.test(uri) && (mark === undefined || mark.test(text)),
  );
  return (
    candidates.find(({ mark, isOwnName }) => mark !== undefined || isOwnName) ??
    candidates.find((each) => migrations.some(({ tool }) => tool === each.tool))
  );
}

function wrappingOf(
  text: string,
  files: MigrationFiles | undefined,
  running: readonly Migration[],
): Pick<Given, "wraps" | "tool" | "optOut" | "optOutLine" | "unless"> {
  if (files === undefined) return { wraps: undefined, tool: undefined };
  const { tool, optOut, oneByOne } = files;
  const isOneByOne = oneByOne !== undefined && running.some(({ container }) => mentions(container, oneByOne));
  const wraps = isOneByOne ? "none" : optOut?.pattern.test(text) === true ? optOut.wraps : files.wraps;
  const isOpen = oneByOne !== undefined && running.some(({ container }) => holdsUnknown(container));
  const unless = isOpen && wraps === files.wraps ? "its URL says x-multi-statement=true" : undefined;
  if (wraps !== files.wraps || optOut === undefined) return { tool, wraps, unless, optOut: undefined };
  const { how, line, wraps: otherwise } = optOut;
  return {
    tool,
    wraps,
    unless,
    optOut: how,
    optOutLine: line === undefined ? undefined : { text: line, wraps: otherwise },
  };
}

function mentions({ argv, environment, commands }: Container, pattern: RegExp): boolean {
  return (
    argv.some(({ value }) => pattern.test(value ?? "")) ||
    commands.some((command) => pattern.test(writtenLine(command))) ||
    environment.written().some(({ value }) => pattern.test(value.value ?? ""))
  );
}

const holdsUnknown = ({ argv, environment }: Container): boolean =>
  [...argv, ...environment.written().map(({ value }) => value)].some(({ value }) => value === undefined);

/** The scripts that a workload runs once for each release: what a Job, an init container or a start command gives to psql or mounts for its tool. */
export function readScriptsOf(
  workload: Workload,
  migrations: readonly Migration[],
  parser: () => SqlParser,
): readonly ReadScript[] {
  if (workload.resource.kind === "CronJob") return []; // its statements are meant to come again
  return workload.containers.flatMap((container) => {
    const ofContainer = migrations.filter((each) => each.container === container);
    return [...givenToClient(container, ofContainer), ...mountedFor(container, ofContainer)].map((given) =>
      read({ ...given, resource: workload.resource }, parser),
    );
  });
}

function givenToClient(container: Container, migrations: readonly Migration[]): readonly Given[] {
  return container.commands.flatMap((command) => {
    const program = programOf(command);
    const isMysql = program === "mysql" || program === "mariadb";
    if (program !== "psql" && !isMysql) return [];
    const isOne = command.words.some(({ text }) => text === "-1" || text === "--single-transaction");
    return sqlGivenTo(command, container).map(
      ({ sql, by, at, inside }): Given => ({
        text: sql,
        at,
        inside,
        wraps: isMysql ? "none" : isOne ? "file" : by === "argument" ? "query" : "none",
        tool: program,
        isMysql,
        migrations,
        earlier: [],
        beside: [],
      }),
    );
  });
}

/** Of the files that a ConfigMap puts in place for the tool the last one is new; the others have run with earlier releases. */
function mountedFor(container: Container, migrations: readonly Migration[]): readonly Given[] {
  const [migration] = migrations;
  const files = migrationFiles.find(({ tool }) => tool === migration?.tool);
  if (files === undefined) return [];
  const mounted = container
    .filesUnder("/")
    .filter(({ path, content }) => /\.sql$/.test(path) && !isUndoing(path) && content.value !== undefined)
    .sort((a, b) => inOrder(a.path, b.path));
  const last = mounted.at(-1);
  const text = last?.content.value;
  // One file alone is the first of its folder.
  if (last === undefined || text === undefined || mounted.length === 1) return [];
  const { at } = last.content;
  const down = files.down?.exec(text)?.index;
  return [
    {
      text: down === undefined ? text : text.slice(0, down),
      at,
      inside: (span) => partOf(at, text, span),
      ...wrappingOf(text, files, migrations),
      isMysql: isReadAsMysql(migrations) || isMysqlSql(text),
      migrations,
      earlier: mounted.slice(0, -1).flatMap(({ content }) => content.value ?? []),
      beside: [],
    },
  ];
}

function read(given: Given, parser: () => SqlParser): ReadScript {
  const { text, inside, at, wraps, tool, optOut, unless, migrations, resource, earlier } = given;
  if (text.length > longestScript) return { script: undefined, unread: [{ start: 0, end: text.length }] };
  if (given.isMysql === true) return readMysql(given);
  const { statements, unread, openQuote } = readSql(text, parser());
  const inTransactions = transactionsIn(statements, wraps);
  const all = readChanges(statements, inside);
  // What makes a database sets up a server: nothing uses it yet, and all that can go wrong is the statement itself.
  const isSetup = statements.some(({ node }) => node.kind === "CreatedbStmt");
  const changes = isSetup
    ? all.filter(({ does }) => does === "refuse-transaction")
    : withReferences(withOldTypes(all, given, parser), given, parser);
  // `\i` may bring the COMMIT.
  const open = unread.length > 0 || /^\\i/m.test(text) ? undefined : openBegin(statements);
  const beside = given.beside.flatMap((each) => readChanges(readSql(each, parser()).statements, inside));
  const madeBeside = madeBy(beside);
  const script: MigrationScript = {
    text,
    changes,
    dialect: "postgresql",
    statements: inTransactions,
    privileges: readPrivileges(statements, inside),
    leftOpen: open && inside(open.span),
    made: new Set([...madeBy(changes), ...madeBeside]),
    madeBeside,
    earlier,
    migrations,
    resource,
    tool,
    wraps,
    optOut,
    optOutLine: given.optOutLine,
    unless,
    at,
    inside,
  };
  return { script, unread, openQuote };
}

/** A script of MySQL, word by word: what is not known for sure is not among its changes. */
function readMysql(given: Given): ReadScript {
  const { text, inside, at, tool, migrations, resource, earlier } = given;
  const statements = mysqlStatements(text);
  if (statements === undefined) return { script: undefined, unread: [{ start: 0, end: text.length }], isForeign: true };
  const isSetup = statements.some(
    ({ words }) => /^create$/i.test(words[0] ?? "") && /^(?:database|schema)$/i.test(words[1] ?? ""),
  );
  const changes = isSetup ? [] : readMysqlChanges(statements, inside);
  const madeBeside = madeBy(given.beside.flatMap((each) => readMysqlChanges(mysqlStatements(each) ?? [], inside)));
  const script: MigrationScript = {
    text,
    changes,
    dialect: "mysql",
    statements: statements.map(({ span }) => ({ span, transaction: undefined, openedBy: undefined })),
    privileges: [],
    leftOpen: undefined,
    made: new Set([...madeBy(changes), ...madeBeside]),
    madeBeside,
    earlier,
    migrations,
    resource,
    tool,
    wraps: "none",
    optOut: undefined,
    optOutLine: undefined,
    unless: undefined,
    at,
    inside,
  };
  return { script, unread: [] };
}

/** Whether the database that a migration reaches is MySQL or MariaDB, by its server or the scheme of its URL. */
function isReadAsMysql(migrations: readonly Migration[]): boolean {
  const hosts = migrations.flatMap((migration) => migration.hosts);
  return hosts.length > 0 && hosts.every(isMysqlHost);
}

/** Tables, views and types that changes make, and tables that they empty. */
function madeBy(changes: readonly SchemaChange[]): ReadonlySet<string> {
  return new Set(
    changes.flatMap(({ does, table }) =>
      (does === "create-table" || does === "empty-table") && table !== undefined ? [table] : [],
    ),
  );
}

/** What else TRUNCATE … CASCADE empties, by the foreign keys of earlier scripts; they are read only where there is one. */
function withReferences(
  changes: readonly SchemaChange[],
  { earlier, inside }: Given,
  parser: () => SqlParser,
): readonly SchemaChange[] {
  if (!changes.some((each) => each.does === "empty-table" && each.isCascade)) return changes;
  const keys = earlier
    .filter(({ length }) => length <= longestScript)
    .flatMap((text) => readChanges(readSql(text, parser()).statements, inside))
    .flatMap((each): readonly (readonly [from: string, to: string])[] => {
      if (each.does === "alter-table" && each.isReferenced && each.table !== undefined)
        return each.name === undefined ? [] : [[each.name, each.table]];
      const to = each.does === "add-constraint" ? each.other : undefined;
      return each.table === undefined || to === undefined ? [] : [[each.table, to]];
    });
  return changes.map((change) => {
    if (change.does !== "empty-table" || !change.isCascade) return change;
    const reached = new Set([change.table]);
    for (const table of reached) for (const [from, to] of keys) if (to === table) reached.add(from);
    const referencedBy = [...reached].flatMap((table) => (table === undefined || table === change.table ? [] : table));
    return { ...change, referencedBy };
  });
}

/** Changes of a type with the type that earlier scripts gave the column; they are read only where there is such a change. */
function withOldTypes(
  changes: readonly SchemaChange[],
  { earlier, inside }: Given,
  parser: () => SqlParser,
): readonly SchemaChange[] {
  if (!changes.some(({ does }) => does === "change-type")) return changes;
  const types = new Map<string, string>();
  const enums = new Set<string>();
  const note = (change: SchemaChange): void => {
    if (change.does === "create-table" && change.isEnum && change.table !== undefined) enums.add(change.table);
    if (change.does === "create-table")
      for (const [column, type] of change.columns) types.set(`${change.table}.${column}`, type);
    else if (change.does === "add-column") types.set(`${change.table}.${change.name}`, change.type);
    else if (change.does === "change-type") types.set(`${change.table}.${change.name}`, change.to);
  };
  for (const text of earlier)
    if (text.length <= longestScript)
      for (const change of readChanges(readSql(text, parser()).statements, inside)) note(change);
  return changes.map((change) => {
    const from = change.does === "change-type" ? types.get(`${change.table}.${change.name}`) : undefined;
    note(change);
    if (change.does !== "change-type") return change;
    // Text and an enum are never kept alike.
    const isEnum = from !== undefined && from !== change.to && (enums.has(change.to) || enums.has(from));
    return { ...change, from, isComputed: change.isComputed || isEnum };
  });
}
