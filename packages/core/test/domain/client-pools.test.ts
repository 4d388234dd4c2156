import assert from "node:assert/strict";
import { connectionBudgets, type DatabaseBudget } from "../../src/index.ts";
import { type Files, inputFor } from "../support/lint.ts";
import { plainPostgres } from "../support/workload.ts";

const deployment = (env: string, command: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: orders }
spec:
  replicas: 2
  selector: { matchLabels: { app: orders } }
  template:
    metadata: { labels: { app: orders } }
    spec:
      containers:
        - name: orders
          image: registry.example.com/orders:1.4.0
          command: ${command}
          env: ${env}
`;

const backupJob = (command: string): string => `apiVersion: batch/v1
kind: CronJob
metadata: { name: nightly-dump }
spec:
  schedule: "0 3 * * *"
  jobTemplate: { spec: { template: { spec: { containers: [{ name: dump, image: "postgres:16", command: ${command} }] } } } }
`;

function budgetsOf(files: Files): readonly DatabaseBudget[] {
  const { project, requested } = inputFor(files);
  return connectionBudgets(project, requested);
}

/** What the one client's row says: the words, at rest and at the peak; or why there is no number. */
function rowOf(client: string): string {
  const [found] = budgetsOf({ "postgres.yaml": plainPostgres, "client.yaml": client });
  const row = found?.budget.rows[0];
  if (row !== undefined) return `${row.perPod}: ${row.atRest} ${row.peak}${row.isByDefault ? " assumed" : ""}`;
  return found?.budget.uncounted[0]?.because ?? "not a client";
}

const url = (text: string): string => `[{ name: DATABASE_URL, value: "${text}" }]`;

describe("the pool of a client", () => {
  const cases: readonly (readonly [what: string, env: string, expected: string, command?: string])[] = [
    ["nothing written", url("postgresql://shop@postgres/orders"), "no pool size is in view"],
    [
      "Spring without a size: HikariCP's own",
      '[{ name: SPRING_DATASOURCE_URL, value: "jdbc:postgresql://postgres:5432/orders" }]',
      "pool 10 (HikariCP default): 20 20 assumed",
    ],
    [
      "Spring with a size",
      '[{ name: SPRING_DATASOURCE_URL, value: "jdbc:postgresql://postgres:5432/orders" }, { name: SPRING_DATASOURCE_HIKARI_MAXIMUM_POOL_SIZE, value: "30" }]',
      "pool 30 (HikariCP): 60 60",
    ],
    ["Prisma", url("postgresql://shop@postgres/orders?connection_limit=7"), "pool 7 (Prisma): 14 14"],
    ["Rails", url("postgresql://shop@postgres/orders?pool=8"), "pool 8 (Rails): 16 16"],
    ["pgx", url("postgresql://shop@postgres/orders?pool_max_conns=12"), "pool 12 (pgx): 24 24"],
    [
      "SQLAlchemy keeps 5 and opens up to 15",
      url("postgresql+psycopg2://shop@postgres/orders"),
      "(pool 5 + 10 overflow) (SQLAlchemy default): 10 30 assumed",
    ],
    [
      "SQLAlchemy in four forked processes",
      url("postgresql+psycopg2://shop@postgres/orders"),
      "4 processes x (pool 5 + 10 overflow) (SQLAlchemy default): 40 120 assumed",
      "[gunicorn, --workers, '4', shop.wsgi]",
    ],
    [
      "SQLAlchemy with both sizes written",
      '[{ name: DATABASE_URL, value: "postgresql+psycopg2://shop@postgres/orders" }, { name: SQLALCHEMY_POOL_SIZE, value: "3" }, { name: SQLALCHEMY_MAX_OVERFLOW, value: "1" }]',
      "(pool 3 + 1 overflow) (SQLAlchemy): 6 8",
    ],
    [
      "Django: one connection a thread",
      '[{ name: DATABASE_HOST, value: postgres }, { name: DJANGO_SETTINGS_MODULE, value: shop.settings }, { name: WEB_CONCURRENCY, value: "3" }]',
      "3 processes x 2 threads (Django): 12 12 assumed",
      "[gunicorn, --threads=2, shop.wsgi]",
    ],
    [
      "Go's limit of open connections",
      '[{ name: DB_HOST, value: postgres }, { name: DB_MAX_OPEN_CONNS, value: "25" }]',
      "pool 25 (Go database/sql): 50 50",
    ],
    [
      "Npgsql by its keyword",
      '[{ name: ConnectionStrings__Orders, value: "Host=postgres;Database=orders;Username=shop;Maximum Pool Size=40" }]',
      "pool 40 (Npgsql): 80 80",
    ],
    [
      "Npgsql's own hundred",
      '[{ name: ConnectionStrings__Orders, value: "Host=postgres;Database=orders;Username=shop" }]',
      "pool 100 (Npgsql default): 200 200 assumed",
    ],
    [
      "Keycloak's own hundred",
      "[{ name: KC_DB_URL_HOST, value: postgres }]",
      "pool 100 (Keycloak default): 200 200 assumed",
    ],
    [
      "Keycloak with a size",
      '[{ name: KC_DB_URL_HOST, value: postgres }, { name: KC_DB_POOL_MAX_SIZE, value: "20" }]',
      "pool 20 (Keycloak): 40 40",
    ],
    [
      "PostgREST's own ten",
      '[{ name: PGRST_DB_URI, value: "postgresql://authenticator@postgres/orders" }]',
      "pool 10 (PostgREST default): 20 20 assumed",
    ],
    [
      "Hasura with a size",
      '[{ name: HASURA_GRAPHQL_DATABASE_URL, value: "postgresql://shop@postgres/orders" }, { name: HASURA_GRAPHQL_PG_CONNECTIONS, value: "15" }]',
      "pool 15 (Hasura): 30 30",
    ],
    [
      "Rails has a pool as large as its threads, in each process of puma",
      '[{ name: DATABASE_URL, value: "postgresql://shop@postgres/orders" }, { name: RAILS_ENV, value: production }, { name: RAILS_MAX_THREADS, value: "8" }]',
      "2 processes x pool 8 (Rails): 32 32",
      "[bundle, exec, puma, --workers, '2']",
    ],
    [
      "Rails without a size",
      '[{ name: DATABASE_URL, value: "postgresql://shop@postgres/orders" }, { name: RAILS_ENV, value: production }]',
      "pool 5 (Rails default): 10 10 assumed",
    ],
    [
      "Airflow",
      '[{ name: AIRFLOW__DATABASE__SQL_ALCHEMY_CONN, value: "postgresql+psycopg2://airflow@postgres/airflow" }, { name: AIRFLOW__DATABASE__SQL_ALCHEMY_POOL_SIZE, value: "8" }, { name: AIRFLOW__DATABASE__SQL_ALCHEMY_MAX_OVERFLOW, value: "2" }]',
      "(pool 8 + 2 overflow) (SQLAlchemy): 16 20",
    ],
    [
      "Quarkus",
      '[{ name: QUARKUS_DATASOURCE_JDBC_URL, value: "jdbc:postgresql://postgres:5432/orders" }, { name: QUARKUS_DATASOURCE_JDBC_MAX_SIZE, value: "16" }]',
      "pool 16 (Agroal): 32 32",
    ],
    [
      "Sequelize",
      '[{ name: DB_HOST, value: postgres }, { name: SEQUELIZE_POOL_MAX, value: "6" }]',
      "pool 6 (Sequelize): 12 12",
    ],
    [
      "node-postgres",
      '[{ name: PGHOST, value: postgres }, { name: PG_POOL_MAX, value: "12" }]',
      "pool 12 (node-postgres): 24 24",
    ],
    ["n8n", "[{ name: DB_POSTGRESDB_HOST, value: postgres }]", "pool 2 (n8n default): 4 4 assumed"],
    [
      "Prisma without a limit counts processors: not to be known",
      url("postgresql://shop@postgres/orders?schema=public"),
      "no pool size is in view",
    ],
    [
      "Npgsql that does not pool",
      '[{ name: ConnectionStrings__Orders, value: "Host=postgres;Database=orders;Username=shop;Pooling=false" }]',
      "no pool size is in view",
    ],
    [
      "a size under a name of the application",
      '[{ name: DB_HOST, value: postgres }, { name: DB_POOL_SIZE, value: "9" }]',
      "pool 9: 18 18",
    ],
    [
      "a size that is filled in later",
      '[{ name: DB_HOST, value: postgres }, { name: DB_POOL_SIZE, value: "{{ .Values.pool }}" }]',
      "it is filled in later",
    ],
    [
      "a thread count is no pool",
      '[{ name: DB_HOST, value: postgres }, { name: WORKER_THREADS, value: "16" }]',
      "no pool size is in view",
    ],
  ];
  for (const [what, env, expected, command] of cases)
    it(what, () => assert.equal(rowOf(deployment(env, command ?? "[/app/serve]")), expected));

  it("is one connection for a dump, and one more for each of its jobs", () => {
    assert.equal(rowOf(backupJob("[pg_dump, -h, postgres, -f, /backup/orders.sql]")), "1 connection (pg_dump): 1 1");
    assert.equal(
      rowOf(backupJob("[pg_dump, -h, postgres, -Fd, -j, '4', -f, /backup/orders]")),
      "5 connections (pg_dump): 5 5",
    );
  });

  it("is counted once for a container that names the database twice", () => {
    const env =
      '[{ name: DATABASE_URL, value: "postgresql://shop@postgres/orders?connection_limit=7" }, { name: READ_DATABASE_HOST, value: postgres.default }]';
    const [found] = budgetsOf({ "postgres.yaml": plainPostgres, "client.yaml": deployment(env, "[/app/serve]") });
    assert.deepEqual([found?.budget.rows.length, found?.budget.peak], [1, 14]);
  });

  it("says that there may be more where the image decides how many processes fork", () => {
    const [found] = budgetsOf({
      "postgres.yaml": plainPostgres,
      "client.yaml": deployment(url("postgresql://shop@postgres/orders?pool=8"), "[]"),
    });
    assert.deepEqual(found?.budget.rows[0]?.more, ["each additional process has its own pool"]);
  });
});
