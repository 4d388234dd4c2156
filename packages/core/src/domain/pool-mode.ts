import type { Fact } from "../yaml/fact.ts";
import type { Pooler } from "./pooler.ts";
import type { HostReference } from "./reach.ts";

/** The mode of a `[databases]` entry wins over the pooler's; without a name it is not known which entry serves. */
export function poolModeFor(pooler: Pooler, databaseName: string | undefined): Fact<string> | undefined {
  const named = pooler.routes.filter(({ poolMode }) => poolMode !== undefined);
  if (named.length === 0) return pooler.settings.get("pool_mode");
  if (databaseName === undefined) return undefined;
  const route = pooler.routes.find(({ databaseName: each }) => each.value === databaseName);
  const fallback = pooler.routes.find(({ databaseName: each }) => each.value === "*");
  return (route ?? fallback)?.poolMode ?? pooler.settings.get("pool_mode");
}

/** A pooler that takes the server connection away after each transaction or statement, and where that is written. */
export interface SharingPooler {
  readonly host: HostReference;
  readonly pooler: Pooler;
  readonly mode: "transaction" | "statement";
  readonly modeAt: Fact<string>["at"];
}

/** The pooler that a container's hosts lead to, where its mode is transaction or statement and no other host leads past it. */
export function sharingPoolerOf(hosts: readonly HostReference[]): SharingPooler | undefined {
  if (hosts.some(({ reaches }) => reaches.state === "database" && reaches.database.engine === "postgresql"))
    return undefined;
  for (const host of hosts) {
    if (host.reaches.state !== "pooler" || host.reaches.pooler.software !== "pgbouncer") continue;
    const { pooler } = host.reaches;
    const mode = poolModeFor(pooler, host.databaseName);
    const word = mode?.value?.toLowerCase();
    if (mode === undefined || (word !== "transaction" && word !== "statement")) continue;
    return { host, pooler, mode: word, modeAt: mode.at };
  }
  return undefined;
}
