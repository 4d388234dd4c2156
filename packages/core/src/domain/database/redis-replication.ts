import { oncePer } from "../../text/once.ts";
import type { Database } from "../model/database.ts";
import type { Workspace } from "../model/workspace.ts";
import { serverImageOf } from "./server-container.ts";

/** By workload of a primary, the replicas that others run of it. */
const replicasByPrimary = oncePer(({ topology, resources }: Workspace): ReadonlyMap<unknown, number> => {
  const counts = new Map<unknown, number>();
  for (const other of topology.databases) {
    const primary = primaryWorkload(other, resources);
    if (primary !== undefined && primary !== other.workload)
      counts.set(primary, (counts.get(primary) ?? 0) + (other.instances.value ?? 1));
  }
  return counts;
});

/** Replicas that other workloads run of this one's server, by `replicaof` and the Service it names. */
export function replicasElsewhere(database: Database, workspace: Workspace): number {
  return replicasByPrimary(workspace).get(database.workload) ?? 0;
}

/** What runs behind the Service that `replicaof` names. */
function primaryWorkload(replica: Database, resources: Workspace["resources"]): Database["workload"] {
  const host = primaryOf(replica);
  if (host === undefined) return undefined;
  // `cart-0.cart` is a Pod by its governing Service.
  const [first = "", second = ""] = host.split(".");
  const service =
    resources.find("Service", first, replica.resource) ??
    (/-\d+$/.test(first) ? resources.find("Service", second, replica.resource) : undefined);
  return service === undefined ? undefined : resources.selectedBy(service)[0];
}

/** The server whose data this one copies, where it is in view: itself where a start script makes one of its Pods the primary. */
export function primaryServerOf(replica: Database, { topology, resources }: Workspace): Database | undefined {
  const workload = primaryWorkload(replica, resources);
  return workload === undefined ? undefined : topology.databaseOf(workload);
}

/** The host that `replicaof` names, in whatever spelling; undefined: the server is told of no primary. */
export function primaryOf({ engine, settings, container }: Database): string | undefined {
  if (engine !== "redis" && engine !== "valkey") return undefined;
  const written = (settings.get("replicaof") ?? settings.get("slaveof"))?.value;
  const byVariable = container?.environment.get("REDIS_MASTER_HOST")?.value;
  return written?.trim().split(/\s+/)[0] ?? byVariable;
}

/** Why a server comes back empty; undefined: it keeps its data, or that cannot be seen. */
export function whyRedisKeepsNothing(database: Database): "no snapshots" | "no volume" | "emptyDir" | undefined {
  const { settings, container, dataDirectory } = database;
  if (container === undefined || !settings.isComplete) return undefined;
  const isBitnami = serverImageOf(database.image)?.family === "bitnami-redis";
  const saves = settings.written().filter(({ name }) => /^(--)?save$/i.test(name));
  const savesNothing =
    saves.length > 0 && saves.every(({ value }) => value.value?.replaceAll(/["']/g, "").trim() === "");
  const appends = isBitnami
    ? container.environment.get("REDIS_AOF_ENABLED")?.value !== "no"
    : settings.get("appendonly")?.value === "yes";
  if (savesNothing && !appends) return "no snapshots";
  if (dataDirectory?.path.value === undefined) return undefined;
  if (dataDirectory.mount === undefined) return "no volume";
  return dataDirectory.mount.volume?.source === "empty-dir" ? "emptyDir" : undefined;
}
