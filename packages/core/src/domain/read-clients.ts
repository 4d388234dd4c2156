import type { Container } from "../kube/container.ts";
import type { Workload } from "../kube/workload.ts";
import { type Fact, unknown } from "../yaml/fact.ts";
import type { Client } from "./client.ts";
import type { HostReference } from "./reach.ts";

/**
 * Variables that set the size of a client's connection pool, in Pods of that client.
 * Only names that say "pool" or "connections" of a known library, so that a thread count is not taken for one.
 */
const poolVariables =
  /^(SPRING_DATASOURCE_HIKARI_MAXIMUM_?POOL_?SIZE|HIKARI_MAX(IMUM)?_POOL_SIZE|QUARKUS_DATASOURCE_JDBC_MAX_SIZE|KC_DB_POOL_MAX_SIZE|(DB|DATABASE|PG|POSTGRES|SQLALCHEMY|TYPEORM|SEQUELIZE|DB_CONNECTION)_(MAX_)?POOL_(SIZE|MAX)|(DB|DATABASE|PG|POSTGRES)_POOL_MAX(_SIZE)?|(DB|DATABASE|PG|POSTGRES)_MAX_(OPEN_)?CONN(ECTION)?S?|PGPOOLSIZE|DB_POOL|GF_DATABASE_MAX_OPEN_CONN)$/;

/** Containers of a workload that connect to a database or a pooler, one client a host they name. */
export function readClients(
  workload: Workload,
  hostsIn: (container: Container) => readonly HostReference[],
): readonly Client[] {
  return workload.containers.flatMap((container) => {
    if (container.role === "init") return [];
    const seen = new Set<string>();
    return hostsIn(container).flatMap((host): Client[] => {
      const { reaches } = host;
      if (reaches.state !== "database" && reaches.state !== "pooler") return [];
      // A server that names itself (replica set members, its own probe) is no client of itself.
      if (reaches.state === "database" && reaches.database.workload === workload) return [];
      const key = `${host.host}:${host.port ?? ""}`;
      if (seen.has(key)) return [];
      seen.add(key);
      return [{ container, host, pool: poolOf(container, host) }];
    });
  });
}

function poolOf(container: Container, host: HostReference): Fact<number> {
  for (const { name, value } of container.environment.written()) {
    if (!poolVariables.test(name)) continue;
    if (value.value !== undefined && /^\d+$/.test(value.value)) return { ...value, value: Number(value.value) };
  }
  return unknown(host, "no pool size is in view");
}
