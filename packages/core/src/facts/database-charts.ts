/**
 * Helm charts that make a database or a pooler, by name: Bitnami's, CloudNativePG's `cluster`, Percona's `*-db`, Crunchy's and Zalando's
 * operators (whose values hold the backups and the deletion of all their databases), and the best known others. Read 2026-11.
 * https://github.com/bitnami/charts/tree/main/bitnami, https://github.com/percona/percona-helm-charts/tree/main/charts
 */
const charts: ReadonlySet<string> = new Set([
  "postgresql",
  "postgresql-ha",
  "postgres",
  "postgres-cluster",
  "postgres-operator",
  "pgo",
  "timescaledb",
  "timescaledb-single",
  "timescaledb-multinode",
  "stolon",
  "patroni",
  "pgbouncer",
  "pgcat",
  "pgpool",
  "pg-db",
  "mysql",
  "mysqlha",
  "mysql-innodbcluster",
  "percona-xtradb-cluster",
  "pxc-db",
  "ps-db",
  "mariadb",
  "mariadb-galera",
  "mariadb-cluster",
  "mongodb",
  "mongodb-sharded",
  "mongodb-replicaset",
  "psmdb-db",
  "redis",
  "redis-ha",
  "redis-cluster",
  "valkey",
  "valkey-cluster",
  "keydb",
  "dragonfly",
]);

/** Whether a chart makes a database; `source` is the name or address of the repository that it comes from, where known. */
export function isDatabaseChart(name: string, source: string | undefined): boolean {
  // Others call a chart of something else `cluster` too.
  if (name === "cluster") return /cnpg|cloudnative-?pg/i.test(source ?? "");
  return charts.has(name.toLowerCase());
}
