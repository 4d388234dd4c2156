import { fileName } from "../text/scan.ts";

/**
 * How a tool runs a file of SQL. file: in a transaction of its own; all: every pending file in one; query: as one query, which is a
 * transaction as soon as it holds two statements; none: statement by statement.
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-MULTI-STATEMENT
 */
export type Wrapping = "file" | "all" | "query" | "none";

/** The SQL files of a migration tool. */
export interface MigrationFiles {
  /** As in `migrationTools`. */
  readonly tool: string;
  readonly wraps: Wrapping;
  /** Paths of its files; files of another tool may look the same unless `isOwnName`. */
  readonly path: RegExp;
  /** Nothing else names its files so. */
  readonly isOwnName?: true;
  /** A line that only its files hold. */
  readonly mark?: RegExp;
  /** What begins the part that undoes the migration. */
  readonly down?: RegExp;
  /** How a file runs outside of a transaction; undefined: it cannot. */
  readonly optOut?: {
    readonly pattern: RegExp;
    readonly wraps: Wrapping;
    readonly how: string;
    /** The line that does it at the beginning of the file. */
    readonly line?: string;
  };
  /** In the command line: the statements run one by one. */
  readonly oneByOne?: RegExp;
}

/** Sources: read 2026-11 in the tools' repositories; where only threads say so, the row does. */
export const migrationFiles: readonly MigrationFiles[] = [
  // schema-engine hands the script to the server as one query (thread: prisma/prisma#14456); since 2026-02 one with CREATE INDEX CONCURRENTLY
  // statement by statement (threads: prisma/prisma-engines#5767, and #5847: not one with DROP INDEX CONCURRENTLY)
  {
    tool: "Prisma",
    wraps: "query",
    path: /(^|\/)prisma\/(?:[\w-]+\/)?migrations\/[^/]+\/migration\.sql$/,
    isOwnName: true,
  },
  // pressly/goose v3.30: migration_sql.go, internal/sqlparser/parser.go
  {
    tool: "goose",
    wraps: "file",
    path: /\.sql$/,
    mark: /^--\s*\+goose up\b/im,
    down: /^--\s*\+goose down\b/im,
    optOut: {
      pattern: /^--\s*\+goose no transaction\b/im,
      wraps: "none",
      how: "`-- +goose NO TRANSACTION`",
      line: "-- +goose NO TRANSACTION",
    },
  },
  // amacneil/dbmate: pkg/dbmate/db.go and migration.go; the body is one query also without its transaction
  {
    tool: "dbmate",
    wraps: "file",
    path: /\.sql$/,
    mark: /^--\s*migrate:up\b/m,
    down: /^--\s*migrate:down\b/m,
    optOut: {
      pattern: /^--\s*migrate:up\s+transaction:false\b/m,
      wraps: "query",
      how: "`-- migrate:up transaction:false`",
    },
  },
  // flyway-core: a script with a statement that cannot run in a transaction runs without one, and may hold no others
  { tool: "Flyway", wraps: "file", path: /(^|\/)(?:V\d+(?:[._]\d+)*|R)__[^/]*$/, isOwnName: true },
  // drizzle-orm, pg-core/dialect.js: migrate runs all pending migrations in one transaction
  { tool: "Drizzle", wraps: "all", path: /(^|\/)\d{4}_[^/]+\.sql$/, mark: /^--> statement-breakpoint/m },
  // diesel_migrations: file_based_migrations.rs; metadata.toml beside the file may say run_in_transaction = false
  { tool: "Diesel", wraps: "file", path: /(^|\/)migrations\/[^/]+\/up\.sql$/, isOwnName: true },
  // golang-migrate: database/postgres/postgres.go, Run
  { tool: "golang-migrate", wraps: "query", path: /(^|\/)\d+_[^/]+\.up\.sql$/, oneByOne: /\bx-multi-statement=true\b/ },
  // launchbadge/sqlx: sqlx-postgres/src/migrate.rs, apply
  {
    tool: "sqlx",
    wraps: "file",
    path: /(^|\/)migrations\/\d+_[^/]+\.sql$/,
    optOut: {
      pattern: /^-- no-transaction/,
      wraps: "query",
      how: "`-- no-transaction` as its first line",
      line: "-- no-transaction",
    },
  },
  // ariga/atlas: cmd/atlas, migrate apply --tx-mode file by default
  {
    tool: "Atlas",
    wraps: "file",
    path: /(^|\/)migrations\/\d{14}(?:_[^/]+)?\.sql$/,
    optOut: {
      pattern: /^-- atlas:txmode none\b/m,
      wraps: "none",
      how: "`-- atlas:txmode none`",
      line: "-- atlas:txmode none\n",
    },
  },
  // node-pg-migrate: its runner; files of SQL have no way out, those of JavaScript have pgm.noTransaction()
  { tool: "node-pg-migrate", wraps: "file", path: /(^|\/)migrations\/\d+_[^/]+\.sql$/ },
  // sqitch deploys with psql; its templates write BEGIN and COMMIT
  { tool: "sqitch", wraps: "none", path: /(^|\/)deploy\/[^/]+\.sql$/ },
];

/** Whether a file undoes a migration, or tests one: nobody runs it with a release. */
export function isUndoing(uri: string): boolean {
  const name = fileName(uri).toLowerCase();
  return (
    /(?:\.down|[._-]rollback|[._-]undo)\.sql$/.test(name) ||
    /^(?:down|revert|verify)\.sql$/.test(name) ||
    (/^u\d/.test(name) && name.includes("__")) ||
    /\/(?:down|revert|verify)\//.test(uri)
  );
}

/** Words of other databases' SQL (MySQL, ClickHouse, SQLite), which PostgreSQL's grammar may accept in the next file of the folder. */
const foreignWords = /\bENGINE ?=|\bAUTO_?INCREMENT\b|^PRAGMA |\bMODIFY COLUMN\b|\bWITHOUT ROWID\b/im;

export const isForeignSql = (text: string): boolean => foreignWords.test(text);

/** Words that only MySQL and MariaDB have; SQLite writes AUTOINCREMENT, ClickHouse other engines. */
const mysqlWords = /\bENGINE ?= ?(?:InnoDB|MyISAM|Aria)\b|\bAUTO_INCREMENT\b|\bMODIFY COLUMN\b/i;

export const isMysqlSql = (text: string): boolean => mysqlWords.test(text);

/** psql and sqitch by libpq, golang-migrate and dbmate by lib/pq, node-pg-migrate by pg, sqlx by its own options. JDBC and Prisma do not. */
const pgOptionsReaders: ReadonlySet<string> = new Set([
  "dbmate",
  "golang-migrate",
  "node-pg-migrate",
  "psql",
  "sqitch",
  "sqlx",
]);

export const readsPgOptions = (tool: string): boolean => pgOptionsReaders.has(tool);
