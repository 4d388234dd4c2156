import type { Pattern } from "../text/scan.ts";

/** How a migration tool keeps two runs apart, and what a killed run leaves. */
export type MigrationLock = "none" | "session" | "transaction" | "row" | "unknown";

/**
 * What a second run does while the first holds the lock. blocks: it waits inside a query, whose snapshot a concurrent index build of the
 * first has to outwait. polls: it asks again between pauses. fails: it gives up at once.
 */
export type MigrationWait = "blocks" | "polls" | "fails";

export interface MigrationTool {
  readonly tool: string;
  readonly lock: MigrationLock;
  /** undefined: it takes no lock, or what it does then is not known. */
  readonly wait?: MigrationWait;
  /** Matches the words of a simple command, joined by one blank, the program without its directory. */
  readonly command: Pattern;
  /** The image migrates by its own entrypoint, with these arguments or none. */
  readonly image?: RegExp;
}

/**
 * Sources: the tools' manuals and sources, read 2026-07; what a second run does, read 2026-11 in the sources named at each row.
 * Airflow's and Prisma's from threads: apache/airflow#19860, prisma/prisma-engines#5755.
 */
export const migrationTools: readonly MigrationTool[] = [
  {
    tool: "alembic",
    lock: "none",
    command: [/\balembic(?= )/, /^(?: -\S+(?: [^-\s]\S*)?)* upgrade\b/],
  },
  {
    tool: "alembic",
    lock: "none",
    command: [/\b(?:flask|superset)(?= )/, /^(?: -\S+(?: [^-\s]\S*)?)* db upgrade\b/],
  },
  {
    tool: "Django",
    lock: "none",
    command: /(?:manage\.py|django-admin|-m django) migrate(?:_schemas)?(?! --(?:check|plan))\b/,
  },
  // https://documentation.red-gate.com/flyway: PostgreSQL takes a transactional advisory lock by default
  {
    tool: "Flyway",
    lock: "transaction",
    wait: "polls", // PostgreSQLAdvisoryLockTemplate: pg_try_advisory_xact_lock in a loop
    command: [/\bflyway(?= )/, / migrate\b/],
    image: /(^|\/)(flyway\/flyway|redgate\/flyway)$/,
  },
  {
    tool: "Liquibase",
    lock: "row",
    command: [/\bliquibase(?= )/, / (?:update|migrate)\b/],
    image: /(^|\/)liquibase\/liquibase$/,
  },
  // activerecord/lib/active_record/migration.rb: pg_try_advisory_lock, else ConcurrentMigrationError
  { tool: "Rails", lock: "session", wait: "fails", command: /\b(?:rails|rake) db:(?:migrate|prepare)\b/ },
  // schema-engine: pg_advisory_lock for 10 s, then P1002
  { tool: "Prisma", lock: "session", wait: "blocks", command: /\bprisma(?:\/build\/index\.js)? migrate deploy\b/ },
  { tool: "Prisma", lock: "none", command: /\bprisma (?:db push|migrate reset)\b/ },
  { tool: "Knex", lock: "row", command: [/\bknex(?= )/, / migrate:(?:latest|up)\b/] },
  { tool: "Sequelize", lock: "none", command: /\bsequelize(?:-cli)? db:migrate\b/ },
  {
    tool: "TypeORM",
    lock: "none",
    command: [/\btypeorm(?:-ts-node-(?:commonjs|esm))?(?= )/, / (?:migration:run|schema:sync)\b/],
  },
  { tool: "Drizzle", lock: "none", command: /\bdrizzle-kit (?:migrate|push)\b/ },
  {
    tool: "golang-migrate",
    lock: "session",
    wait: "blocks", // database/postgres/postgres.go: pg_advisory_lock, without an end
    command: [/(?:^| )migrate /, /-(?:database|path|source)\b/, / (?:up|goto)\b/],
    image: /(^|\/)migrate\/migrate$/,
  },
  {
    tool: "goose",
    lock: "none",
    command: [/\bgoose(?= )/, / up(?:-by-one|-to)?\b/],
    image: /(^|\/)goose(?:-docker)?$/,
  },
  { tool: "dbmate", lock: "none", command: [/\bdbmate(?= )/, / (?:up|migrate)\b/], image: /(^|\/)dbmate$/ },
  // sql/postgres/driver_oss.go: pg_try_advisory_lock every so often, for 10 s by default
  {
    tool: "Atlas",
    lock: "session",
    wait: "polls",
    command: /\batlas (?:migrate|schema) apply\b/,
    image: /(^|\/)arigaio\/atlas$/,
  },
  { tool: "EF Core", lock: "unknown", command: /\bef database update\b|^efbundle(?: |$)/ },
  { tool: "Laravel", lock: "none", command: /\bartisan migrate(?!:(?:status|install))/ },
  { tool: "Doctrine", lock: "none", command: /\bdoctrine:(?:migrations:migrate|schema:update)\b/ },
  // ecto_sql: LOCK TABLE schema_migrations in a transaction, unless migration_lock is :pg_advisory_lock
  { tool: "Ecto", lock: "transaction", wait: "blocks", command: /\bmix ecto\.migrate\b|Release(?:Tasks)?\.migrate\b/ },
  // sqlx-postgres/src/migrate.rs: pg_advisory_lock, without an end
  { tool: "sqlx", lock: "session", wait: "blocks", command: /\bsqlx migrate run\b/ },
  { tool: "Diesel", lock: "none", command: /\bdiesel migration run\b/ },
  // lib/App/Sqitch/Engine/pg.pm: pg_try_advisory_lock, then pg_advisory_lock
  {
    tool: "sqitch",
    lock: "session",
    wait: "blocks",
    command: [/\bsqitch(?= )/, / deploy\b/],
    image: /(^|\/)sqitch\/sqitch$/,
  },
  // its runner: pg_try_advisory_lock, else an error, unless advisoryLockMode is wait
  { tool: "node-pg-migrate", lock: "session", wait: "fails", command: [/\bnode-pg-migrate(?= )/, / up\b/] },
  { tool: "MikroORM", lock: "none", command: /\bmikro-orm(?:-esm)? migration:up\b/ },
  {
    tool: "npm script",
    lock: "unknown",
    command: [
      /\b(?:npm|pnpm|yarn|bun)(?: run)?(?= )/,
      /^(?: --\S+)* (?:db:|database:|typeorm:|prisma:|knex:|drizzle:)?migrat(?:e|ions?)(?::(?:up|run|deploy|latest|prod))?$/,
    ],
  },
  // The locks of these were not read.
  { tool: "Phinx", lock: "unknown", command: [/\bphinx(?= )/, / migrate\b/] },
  { tool: "tern", lock: "unknown", command: /(?:^| )tern migrate\b/, image: /(^|\/)tern$/ },
  { tool: "SeaORM", lock: "unknown", command: [/\bsea-orm-cli(?= )/, / migrate (?:up|refresh)\b/] },
  { tool: "yoyo", lock: "unknown", command: [/\byoyo(?= )/, / apply\b/] },
  { tool: "Aerich", lock: "unknown", command: /\baerich upgrade\b/ },
  { tool: "Supabase", lock: "unknown", command: /\bsupabase (?:db push|migration up)\b/ },
  // Phoenix writes bin/migrate into a release; others have a script of that name.
  { tool: "migration script", lock: "unknown", command: /^migrate$/ },
  {
    tool: "migration script",
    lock: "unknown",
    command: [/^(?:node|bun|python3?)(?= )/, /[ /](?:migrat(?:e|ions?)|run-migrations)\.(?:[cm]?js|ts|py)$/],
  },
  { tool: "Airflow", lock: "session", wait: "blocks", command: /\bairflow db (?:migrate|upgrade|init)\b/ },
];

/** Commands that alter the tables to fit a schema file or classes, without a migration; `force`: also where rows are lost. */
export const synchronizingCommands: readonly {
  readonly pattern: Pattern;
  readonly name: string;
  readonly force: RegExp;
}[] = [
  { pattern: /\bprisma db push\b/, name: "prisma db push", force: /--(?:accept-data-loss|force-reset)\b/ },
  { pattern: /\bdrizzle-kit push\b/, name: "drizzle-kit push", force: /--force\b/ },
  {
    pattern: [/\btypeorm(?:-ts-node-(?:commonjs|esm))?(?= )/, / schema:sync\b/],
    name: "typeorm schema:sync",
    force: /\bschema:sync\b/,
  },
  { pattern: /\bdoctrine:schema:update\b/, name: "doctrine:schema:update", force: /--force\b/ },
  { pattern: /\bmikro-orm(?:-esm)? schema:update\b/, name: "mikro-orm schema:update", force: /--run\b/ },
];

/** Commands that destroy data or schema instead of changing it. */
export const destructiveCommands: readonly { readonly pattern: Pattern; readonly effect: string }[] = [
  { pattern: /\bprisma migrate reset\b/, effect: "drops the whole database" },
  {
    pattern: [/\bprisma db push\b/, /--(?:accept-data-loss|force-reset)\b/],
    effect: "drops what the schema no longer names",
  },
  {
    pattern: /\b(?:rails|rake) db:(?:drop|reset|setup|schema:load|structure:load|migrate:reset)\b/,
    effect: "drops and recreates the tables",
  },
  { pattern: /\bartisan (?:migrate:(?:fresh|refresh|reset)|db:wipe)\b/, effect: "drops all tables" },
  { pattern: [/\bflyway(?= )/, / clean\b/], effect: "drops all objects of the schemas" },
  { pattern: [/\bliquibase(?= )/i, / drop-?all\b/i], effect: "drops all objects of the schema" },
  { pattern: /\bmanage\.py (?:flush|reset_db)\b/, effect: "empties every table" },
  { pattern: [/\balembic(?= )/, /^(?: -\S+(?: [^-\s]\S*)?)* downgrade base\b/], effect: "reverts every migration" },
  { pattern: /\bsequelize(?:-cli)? db:(?:drop|migrate:undo:all)\b/, effect: "drops what the migrations made" },
  { pattern: [/\btypeorm(?= )/, / schema:drop\b/], effect: "drops all tables" },
  { pattern: /\bdoctrine:(?:schema|database):drop\b/, effect: "drops the schema" },
  { pattern: /\bknex migrate:rollback --all\b/, effect: "reverts every migration" },
  { pattern: /\bprisma migrate dev\b/, effect: "resets the database where its history differs from the files" },
  { pattern: [/(?:^| |\/)migrate (?=-)/, / drop\b/], effect: "drops every table (golang-migrate drop)" },
  { pattern: [/\bgoose(?= )/, / (?:reset|down-to 0)\b/], effect: "reverts every migration" },
  { pattern: [/\bdbmate(?= )/, / drop\b/], effect: "drops the database" },
  { pattern: /\bmix ecto\.(?:drop|reset)\b/, effect: "drops the database" },
  { pattern: /\bdiesel database reset\b/, effect: "drops the database" },
  { pattern: /\bsqlx (?:database|db) (?:drop|reset)\b/, effect: "drops the database" },
  { pattern: /\bef database drop\b/, effect: "drops the database" },
  { pattern: /\bmikro-orm (?:schema:drop|schema:fresh|migration:fresh)\b/, effect: "drops all tables" },
];
