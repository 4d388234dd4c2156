/** The commands around a migration, as the tool spells them, without connection and project options. */
export interface MigrationCommands {
  /** Shows what has run and what is pending. */
  readonly status?: string;
  /** Undoes the last migration; undefined: the tool has no such command. */
  readonly undo?: string;
  /** What `undo` needs, or what there is instead of it: a clause. */
  readonly undoNote?: string;
}

/**
 * By the names in `migrationTools`: the commands of the tools' manuals, not looked up again but for Flyway's editions
 * (https://www.red-gate.com/hub/product-learning/flyway, 2026-11).
 */
export const migrationCommands: ReadonlyMap<string, MigrationCommands> = new Map([
  [
    "alembic",
    { status: "alembic current", undo: "alembic downgrade -1", undoNote: "it runs downgrade() of the script" },
  ],
  [
    "Django",
    {
      status: "manage.py showmigrations",
      undo: "manage.py migrate APP PREVIOUS",
      undoNote: "it needs a reverse for each operation (RunPython and RunSQL have none by themselves)",
    },
  ],
  ["Flyway", { status: "flyway info", undo: "flyway undo", undoNote: "it needs a U file and a paid edition" }],
  [
    "Liquibase",
    {
      status: "liquibase status",
      undo: "liquibase rollback-count 1",
      undoNote: "changesets in SQL need a rollback of their own",
    },
  ],
  ["Rails", { status: "rails db:migrate:status", undo: "rails db:rollback" }],
  ["Prisma", { status: "prisma migrate status", undoNote: "Prisma has none: write the reverse as a new migration" }],
  ["Knex", { status: "knex migrate:status", undo: "knex migrate:down" }],
  ["Sequelize", { status: "sequelize-cli db:migrate:status", undo: "sequelize-cli db:migrate:undo" }],
  ["TypeORM", { status: "typeorm migration:show", undo: "typeorm migration:revert" }],
  ["Drizzle", { undoNote: "Drizzle has none: write the reverse as a new migration" }],
  [
    "golang-migrate",
    {
      status: "migrate version",
      undo: "migrate down 1",
      undoNote: "after a failure the version is dirty: repair by hand, then `migrate force VERSION`",
    },
  ],
  ["goose", { status: "goose status", undo: "goose down" }],
  ["dbmate", { status: "dbmate status", undo: "dbmate rollback" }],
  ["Atlas", { status: "atlas migrate status", undo: "atlas migrate down" }],
  ["EF Core", { status: "dotnet ef migrations list", undo: "dotnet ef database update PREVIOUS" }],
  ["Laravel", { status: "artisan migrate:status", undo: "artisan migrate:rollback --step=1" }],
  ["Doctrine", { status: "doctrine:migrations:status", undo: "doctrine:migrations:migrate prev" }],
  ["Ecto", { status: "mix ecto.migrations", undo: "mix ecto.rollback" }],
  ["sqlx", { status: "sqlx migrate info", undo: "sqlx migrate revert", undoNote: "it needs a .down.sql file" }],
  ["Diesel", { status: "diesel migration list", undo: "diesel migration revert" }],
  ["sqitch", { status: "sqitch status", undo: "sqitch revert --to @HEAD^" }],
  ["node-pg-migrate", { undo: "node-pg-migrate down", undoNote: "a file of SQL needs a `-- Down Migration` part" }],
  ["MikroORM", { status: "mikro-orm migration:list", undo: "mikro-orm migration:down" }],
  ["Airflow", { status: "airflow db check-migrations", undo: "airflow db downgrade --to-version PREVIOUS" }],
  ["psql", { undoNote: "psql keeps no versions: write the reverse as a script" }],
]);
