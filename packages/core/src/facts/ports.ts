import type { Engine } from "./engines.ts";

const ports: Readonly<Record<number, Engine>> = {
  5432: "postgresql",
  6432: "postgresql",
  3306: "mysql",
  27017: "mongodb",
  6379: "redis",
  9042: "cassandra",
  26257: "cockroachdb",
  9200: "elasticsearch",
};

/** The engine whose usual port this is. */
export function engineOfPort(port: number | undefined): Engine | undefined {
  return port === undefined ? undefined : ports[port];
}

/** Ports that servers of an engine open beside the one for clients: among themselves, for consoles and for agents in the same image. */
const besides: Readonly<Partial<Record<Engine, readonly number[]>>> = {
  postgresql: [8008], // Patroni's API
  // Galera, group replication, the X protocol, administration
  mysql: [4444, 4567, 4568, 33060, 33061, 33062],
  mariadb: [4444, 4567, 4568],
  redis: [16379, 26379],
  valkey: [16379, 26379],
  cassandra: [7000, 7001, 7199, 9142, 9160],
  elasticsearch: [9300],
  opensearch: [9300, 9600],
  cockroachdb: [8080],
  clickhouse: [8123, 8443, 9009, 9363, 9440],
  neo4j: [5000, 6000, 6362, 7000, 7473, 7474, 7688],
  couchdb: [4369, 9100],
  mssql: [5022],
};

/** Whether servers of this engine may listen there, although clients do not connect to it. */
export function mayListenBesides(engine: Engine, port: number): boolean {
  return besides[engine]?.includes(port) === true;
}
