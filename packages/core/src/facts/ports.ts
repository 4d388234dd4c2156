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
