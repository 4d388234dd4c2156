/** Database programs that dbops knows. `valkey` covers its forks; `other` has a data directory and nothing more that rules use. */
export type Engine =
  | "postgresql"
  | "mysql"
  | "mariadb"
  | "mongodb"
  | "redis"
  | "valkey"
  | "cassandra"
  | "elasticsearch"
  | "opensearch"
  | "cockroachdb"
  | "etcd"
  | "clickhouse"
  | "zookeeper"
  | "rabbitmq"
  | "influxdb"
  | "neo4j"
  | "couchdb"
  | "mssql"
  | "oracle"
  | "other";

/** How the engine is written in a sentence. */
export const engineNames: Readonly<Record<Engine, string>> = {
  postgresql: "PostgreSQL",
  mysql: "MySQL",
  mariadb: "MariaDB",
  mongodb: "MongoDB",
  redis: "Redis",
  valkey: "Valkey",
  cassandra: "Cassandra",
  elasticsearch: "Elasticsearch",
  opensearch: "OpenSearch",
  cockroachdb: "CockroachDB",
  etcd: "etcd",
  clickhouse: "ClickHouse",
  zookeeper: "ZooKeeper",
  rabbitmq: "RabbitMQ",
  influxdb: "InfluxDB",
  neo4j: "Neo4j",
  couchdb: "CouchDB",
  mssql: "SQL Server",
  oracle: "Oracle",
  other: "database",
};

/** Engines whose servers know nothing of each other unless told. */
export const independentEngines: ReadonlySet<Engine> = new Set([
  "postgresql",
  "mysql",
  "mariadb",
  "mongodb",
  "redis",
  "valkey",
]);
