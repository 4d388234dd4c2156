import type { Fact } from "../../yaml/fact.ts";
import type { Place } from "../../yaml/node.ts";
import type { Client } from "../model/client.ts";
import type { SettingOwner, UncountedRow } from "../model/connections.ts";
import { count, shortName } from "../model/names.ts";
import type { Pooler, PoolerRoute } from "../model/pooler.ts";
import { podsOf } from "./pods.ts";
import { rowOfProxy } from "./proxy-rows.ts";
import {
  type Counted,
  defaulted,
  leadsToPrimary,
  momentsOf,
  podsOfPooler,
  type RowContext,
  supposed,
  supposedPods,
} from "./row-parts.ts";

/** The pools of a pooler for one database: in each Pod one a (database entry, user), each of pool + reserve, capped by max_db_connections. */
export function rowOfPooler(pooler: Pooler, context: RowContext): Counted {
  if (pooler.software !== "pgbouncer") return rowOfProxy(pooler, context);
  const { database, whatIf } = context;
  const owner: SettingOwner = { role: "pooler", name: pooler.resource.name };
  const label = shortName(pooler.resource);
  const setting = (name: string): Fact<number> | undefined =>
    supposed(whatIf, owner, name, pooler.settings.number(name), pooler.instances.at);
  const uncounted = (because: string, at: Place = pooler.instances.at): UncountedRow => ({
    role: "pooler",
    label,
    because,
    at,
  });
  const routes = pooler.routes.filter(({ reaches }) => leadsToPrimary(reaches, database));
  const pods = supposedPods(podsOfPooler(pooler, context), owner, context, pooler);
  if (pods === undefined) return uncounted("its number of Pods is not in view");
  const pool = setting("default_pool_size");
  // With reserve_pool_timeout 0 the reserve is never used (measured on 1.18 and 1.25).
  const isReserveOff = pooler.settings.number("reserve_pool_timeout")?.value === 0;
  const reserve = isReserveOff ? undefined : setting("reserve_pool_size");
  const cap = setting("max_db_connections");
  const perUser = setting("max_user_connections");
  const pools: Pool[] = [];
  const users = new Set<string>();
  const more = new Set<string>();
  if (!pooler.settings.isComplete) more.add("some of its settings are not in view");
  for (const route of routes) {
    const size = route.poolSize ?? pool;
    const most = (route.maxConnections ?? cap)?.value ?? 0;
    if (size?.value === undefined) return uncounted("its pool size is not in view", size?.at);
    if (size.value === 0 && most === 0) return uncounted("pool size 0 means no limit since PgBouncer 1.24", size.at);
    const namesOfPools = usersOf(route, pooler, context);
    for (const name of namesOfPools.flat()) users.add(name);
    if (route.user === undefined && most === 0)
      more.add(`each additional user of ${entryName(route)} has its own pool`);
    if (route.databaseName.value === "*" && most === 0) more.add("each additional database has its own pool");
    const own = isReserveOff ? 0 : ((route.reserve ?? reserve)?.value ?? 0);
    for (const names of namesOfPools) pools.push({ size: size.value, reserve: own, users: names.length, cap: most });
  }
  const inPools = pools.reduce((sum, each) => sum + capped(each, each.size + each.reserve), 0);
  // A user has so many connections in all its pools (measured on 1.18 and 1.26).
  const ofUsers =
    perUser?.value === undefined || perUser.value <= 0 ? Number.POSITIVE_INFINITY : users.size * perUser.value;
  const perPod = Math.min(inPools, ofUsers);
  const restPerPod = Math.min(
    pools.reduce((sum, each) => sum + capped(each, each.size), 0),
    ofUsers,
  );
  const first = routes[0];
  const size = first?.poolSize ?? pool;
  const terms: { readonly message: string; readonly at: Place }[] = [];
  if (size?.value !== undefined)
    terms.push({ message: `default_pool_size ${size.value}${defaulted(size)}`, at: size.at });
  if (reserve?.value !== undefined && reserve.value > 0)
    terms.push({ message: `reserve_pool_size ${reserve.value}`, at: reserve.at });
  if (cap?.value !== undefined && cap.value > 0) terms.push({ message: `max_db_connections ${cap.value}`, at: cap.at });
  terms.push(pods.term);
  if (pools.length > 1 && first !== undefined) terms.push({ message: `the ${pools.length} databases`, at: first.at });
  if (ofUsers < inPools && perUser?.value !== undefined)
    terms.push({ message: `max_user_connections ${perUser.value}`, at: perUser.at });
  const formula =
    ofUsers < inPools && perUser?.value !== undefined
      ? {
          words: `${count(users.size, "user")} x ${perUser.value} (max_user_connections)`,
          numbers: users.size === 1 ? `${perUser.value}` : `${users.size} x ${perUser.value}`,
        }
      : formulaOf(pools);
  return {
    role: "pooler",
    label,
    pods: pods.counts,
    perPod: formula.words,
    formula: `${count(pods.counts.peak, "pooler")} x ${formula.words}`,
    numbers: formula.numbers,
    ...momentsOf(pods.counts, restPerPod, perPod),
    at: size?.at ?? pods.term.at,
    terms,
    more: [...more],
    isByDefault: false,
    isAutoscaled: pods.isAutoscaled,
  };
}

interface Pool {
  readonly size: number;
  readonly reserve: number;
  readonly users: number;
  /** 0: none. */
  readonly cap: number;
}

function capped({ users, cap }: Pool, size: number): number {
  return cap > 0 && (size === 0 || users * size > cap) ? cap : users * size;
}

function entryName(route: PoolerRoute): string {
  return route.databaseName.value === undefined || route.databaseName.value === "*"
    ? "a database"
    : route.databaseName.value;
}

/**
 * Users with a pool of their own, by database: the one that the entry forces, else those whose URLs in view ask the pooler for the
 * database; one without a name where nobody does. `*` serves each database that no other entry names, each with pools of its own.
 */
function usersOf(route: PoolerRoute, pooler: Pooler, { clientsOf }: RowContext): readonly (readonly string[])[] {
  const isNamed = (name: string): boolean => pooler.routes.some(({ databaseName: { value } }) => value === name);
  const byDatabase = new Map<string, Set<string>>();
  for (const { host, container } of clientsOf(pooler)) {
    if (/^(Cron)?Job$/.test(container.workload.resource.kind)) continue; // one connection for a while fills no pool
    const { user, databaseName } = host;
    if (user === undefined || databaseName === undefined || /[$<{]/.test(user + databaseName)) continue;
    if (databaseName === "pgbouncer") continue; // the console
    if (route.databaseName.value === "*" ? isNamed(databaseName) : databaseName !== route.databaseName.value) continue;
    const users = byDatabase.get(databaseName) ?? new Set();
    byDatabase.set(databaseName, users.add(route.user === undefined ? user : (route.user.value ?? "")));
  }
  return byDatabase.size === 0 ? [[route.user?.value ?? ""]] : [...byDatabase.values()].map((users) => [...users]);
}

/** `2 databases x (20 + 5)`, where the entries are alike; else their sum. */
function formulaOf(pools: readonly Pool[]): { readonly words: string; readonly numbers: string } {
  const sizes = pools.map((pool) => {
    const size = pool.reserve === 0 ? `${pool.size}` : `(${pool.size} + ${pool.reserve})`;
    if (capped(pool, pool.size + pool.reserve) === pool.cap && pool.cap > 0)
      return { words: `${pool.cap} (max_db_connections)`, numbers: `${pool.cap}` };
    return pool.users === 1
      ? { words: size, numbers: size }
      : { words: `${count(pool.users, "user")} x ${size}`, numbers: `${pool.users} x ${size}` };
  });
  const [first] = sizes;
  const isAlike = first !== undefined && sizes.every(({ words }) => words === first.words);
  if (isAlike) {
    return {
      words: `${count(pools.length, "database")} x ${first.words}`,
      numbers: pools.length === 1 ? first.numbers : `${pools.length} x ${first.numbers}`,
    };
  }
  return {
    words: `(${sizes.map(({ words }) => words).join(" + ")} for ${pools.length} databases)`,
    numbers: `(${sizes.map(({ numbers }) => numbers).join(" + ")})`,
  };
}

/** The pool of one container in all its Pods. */
export function rowOfClient(client: Client, context: RowContext): Counted {
  const { workload } = client.container;
  const owner: SettingOwner = { role: "client", name: workload.resource.name };
  const label = shortName(workload.resource);
  const pods = supposedPods(podsOf(workload, context.resources, context.running), owner, context, client);
  const pool = supposed(context.whatIf, owner, "pool", client.pool, client.host);
  const at = pool.at;
  if (pool.value === undefined) return { role: "client", label, because: pool.because, at };
  if (pods === undefined) return { role: "client", label, because: "its number of Pods is not in view", at };
  const isSupposed = pool !== client.pool;
  const words = isSupposed ? `pool ${pool.value}` : client.poolFormula;
  return {
    role: "client",
    label,
    pods: pods.counts,
    perPod: words,
    formula: `${count(pods.counts.peak, "Pod")} x ${words}`,
    numbers: `${pool.value}`,
    ...momentsOf(
      pods.counts,
      isSupposed ? pool.value : Math.min(pool.value, client.poolAtRest ?? pool.value),
      pool.value,
    ),
    at,
    terms: [{ message: words, at }, pods.term],
    more: client.mayFork && !isSupposed ? ["each additional process has its own pool"] : [],
    isByDefault: pool.origin === "default",
    isAutoscaled: pods.isAutoscaled,
  };
}
