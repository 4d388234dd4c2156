/**
 * A library that keeps a pool of connections in its process, what sets the size of that pool, and how big it is unless set.
 * Only what the text proves: a library's default counts where something shows that it is used.
 */
export interface ClientPoolLibrary {
  readonly name: string;
  /** Environment variables that hold the most connections of one pool. */
  readonly variables?: RegExp;
  /** A variable that holds connections beyond the pool for a while. */
  readonly overflowVariable?: RegExp;
  /** Parameters of the connection URL or keyword string that hold the size. */
  readonly parameters?: readonly string[];
  /** URL schemes, variables or programs that show the library; without one the default is not assumed. */
  readonly shownBy?: { readonly scheme?: RegExp; readonly variable?: RegExp; readonly keyword?: RegExp };
  /** Connections a process keeps and, in a peak, opens at most. */
  readonly default?: { readonly pool: number; readonly overflow: number };
  /** Its usual servers fork processes, each with a pool. */
  readonly forks?: true;
  readonly source: string;
}

const database = "(DB|DATABASE|PG|POSTGRES|POSTGRESQL|DB_CONNECTION)";

/** Looked at in order; defaults read on 2026-07. */
export const clientPoolLibraries: readonly ClientPoolLibrary[] = [
  {
    name: "HikariCP",
    variables: /^(SPRING_DATASOURCE_HIKARI_MAXIMUM_?POOL_?SIZE|HIKARI_MAX(IMUM)?_POOL_SIZE)$/,
    shownBy: { variable: /^SPRING_DATASOURCE_(URL|HIKARI_.*)$/ },
    default: { pool: 10, overflow: 0 },
    source: "https://github.com/brettwooldridge/HikariCP#frequently-used",
  },
  {
    name: "Agroal",
    variables: /^QUARKUS_DATASOURCE_JDBC_MAX_SIZE$/,
    source: "https://quarkus.io/guides/datasource",
  },
  {
    name: "Keycloak",
    variables: /^KC_DB_POOL_MAX_SIZE$/,
    shownBy: { variable: /^KC_DB(_URL(_HOST)?)?$/ },
    default: { pool: 100, overflow: 0 },
    source: "https://www.keycloak.org/server/all-config#category-database",
  },
  {
    name: "PostgREST",
    variables: /^PGRST_DB_POOL$/,
    shownBy: { variable: /^PGRST_DB_URI$/ },
    default: { pool: 10, overflow: 0 },
    source: "https://docs.postgrest.org/en/stable/references/configuration.html#db-pool",
  },
  {
    name: "Hasura",
    variables: /^HASURA_GRAPHQL_PG_CONNECTIONS$/,
    shownBy: { variable: /^HASURA_GRAPHQL_(DATABASE_URL|METADATA_DATABASE_URL)$/ },
    default: { pool: 50, overflow: 0 },
    source: "https://hasura.io/docs/2.0/deployment/graphql-engine-flags/config-examples/",
  },
  {
    name: "SQLAlchemy",
    variables: /^(SQLALCHEMY_POOL_SIZE|SQLALCHEMY_ENGINE_OPTIONS_POOL_SIZE|AIRFLOW__DATABASE__SQL_ALCHEMY_POOL_SIZE)$/,
    overflowVariable:
      /^(SQLALCHEMY_MAX_OVERFLOW|SQLALCHEMY_ENGINE_OPTIONS_MAX_OVERFLOW|AIRFLOW__DATABASE__SQL_ALCHEMY_MAX_OVERFLOW)$/,
    shownBy: { scheme: /^postgres(ql)?\+(psycopg2?|asyncpg|psycopg_async)$|^mysql\+(pymysql|mysqldb|aiomysql)$/ },
    default: { pool: 5, overflow: 10 },
    forks: true,
    source: "https://docs.sqlalchemy.org/en/20/core/pooling.html#sqlalchemy.pool.QueuePool",
  },
  {
    name: "Prisma",
    parameters: ["connection_limit"],
    // Without it twice the processors that it sees and one: not to be known from here.
    source:
      "https://www.prisma.io/docs/orm/prisma-client/setup-and-configuration/databases-connections/connection-pool",
  },
  {
    name: "pgx",
    parameters: ["pool_max_conns"],
    // Without it the greater of 4 and the processors that it sees.
    source: "https://pkg.go.dev/github.com/jackc/pgx/v5/pgxpool#ParseConfig",
  },
  {
    name: "Go database/sql",
    // Without a limit it opens as many as are asked for at once.
    variables: new RegExp(`^(${database}_MAX_OPEN_CONN(ECTION)?S?|GF_DATABASE_MAX_OPEN_CONN)$`),
    source: "https://pkg.go.dev/database/sql#DB.SetMaxOpenConns",
  },
  {
    name: "Rails",
    variables: /^(RAILS_MAX_THREADS|RAILS_DB_POOL)$/,
    parameters: ["pool"],
    // database.yml of a new application: pool is RAILS_MAX_THREADS, else 5.
    shownBy: { variable: /^RAILS_ENV$/ },
    default: { pool: 5, overflow: 0 },
    forks: true,
    source: "https://guides.rubyonrails.org/configuring.html#database-pooling",
  },
  {
    name: "node-postgres",
    variables: /^(PGPOOL_MAX|PG_POOL_MAX|PG_MAX_CLIENTS)$/,
    source: "https://node-postgres.com/apis/pool",
  },
  {
    name: "n8n",
    variables: /^DB_POSTGRESDB_POOL_SIZE$/,
    shownBy: { variable: /^DB_POSTGRESDB_HOST$/ },
    default: { pool: 2, overflow: 0 },
    source: "https://docs.n8n.io/hosting/configuration/environment-variables/database/",
  },
  {
    name: "Sequelize",
    variables: /^SEQUELIZE_POOL_MAX$|^SEQUELIZE_MAX_POOL_SIZE$/,
    source: "https://sequelize.org/docs/v6/other-topics/connection-pool/",
  },
  {
    name: "Npgsql",
    parameters: ["maximum pool size", "max pool size", "maxpoolsize"],
    // `Host=…;Database=…;Username=…`: only Npgsql writes PostgreSQL's so; its pool is 100 unless Pooling=false.
    shownBy: { keyword: /^\s*host\s*=[^;]*;/i },
    default: { pool: 100, overflow: 0 },
    source: "https://www.npgsql.org/doc/connection-string-parameters.html#pooling",
  },
  {
    name: "MongoDB driver",
    parameters: ["maxpoolsize"],
    source: "https://www.mongodb.com/docs/manual/reference/connection-string-options/#connection-pool-options",
  },
  {
    name: "pool",
    variables: new RegExp(
      `^((${database}|TYPEORM|KNEX)_(MAX_)?POOL_(SIZE|MAX)|${database}_POOL_MAX(_SIZE)?|${database}_MAX_CONN(ECTION)?S?|PGPOOLSIZE|DB_POOL)$`,
    ),
    overflowVariable: new RegExp(`^${database}_(POOL_)?MAX_OVERFLOW$`),
    source: "https://node-postgres.com/apis/pool",
  },
];

/** Programs that fork processes with a pool each, and where their number stands. https://docs.gunicorn.org/en/stable/settings.html#workers */
export const forkingPrograms: Readonly<
  Record<
    string,
    { readonly workers: readonly string[]; readonly threads: readonly string[]; readonly variable: string }
  >
> = {
  gunicorn: { workers: ["--workers", "-w"], threads: ["--threads"], variable: "WEB_CONCURRENCY" },
  uvicorn: { workers: ["--workers"], threads: [], variable: "WEB_CONCURRENCY" },
  puma: { workers: ["--workers", "-w"], threads: [], variable: "WEB_CONCURRENCY" },
};
