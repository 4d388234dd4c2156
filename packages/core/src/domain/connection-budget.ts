import type { ResourceIndex } from "../kube/resource-index.ts";
import type { Workload } from "../kube/workload.ts";
import { type Fact, unknown } from "../yaml/fact.ts";
import type { Place } from "../yaml/node.ts";
import type { Client } from "./client.ts";
import type { ConnectionBudget } from "./connections.ts";
import type { Database } from "./database.ts";
import { count, shortName } from "./names.ts";
import type { Pooler, PoolerRoute } from "./pooler.ts";

type Row = ConnectionBudget["rows"][number] & { readonly atRest: number; readonly rollout: number };
type Term = Row["terms"][number];

/**
 * Adds up who may open how many server connections to a database.
 * PgBouncer keeps one pool a (database entry, user): entries x users x (pool + reserve) in each of its Pods, capped by
 * max_db_connections (measured on 1.18 and 1.25: 2 entries x 2 users x 3 = 12 connections).
 */
export function budgetOf(
  database: Database,
  poolers: readonly Pooler[],
  clients: readonly Client[],
  resources: ResourceIndex,
): ConnectionBudget {
  let isLowerBound = false;
  const rows: Row[] = [];
  for (const pooler of poolers) {
    const row = rowOfPooler(pooler, database, resources);
    if (row === undefined) isLowerBound = true;
    else {
      rows.push(row.row);
      if (row.isLowerBound) isLowerBound = true;
    }
  }
  for (const client of clients) {
    const row = rowOfClient(client, resources);
    if (row === undefined) isLowerBound = true;
    else rows.push(row);
  }
  const { limit, limitFormula } = limitOf(database);
  const sum = (pick: (row: Row) => number): number => rows.reduce((total, row) => total + pick(row), 0);
  return {
    limit,
    limitFormula,
    atRest: sum((row) => row.atRest),
    peak: sum((row) => row.peak),
    rollout: sum((row) => row.rollout),
    isLowerBound,
    rows,
  };
}

function limitOf(database: Database): { readonly limit: Fact<number>; readonly limitFormula: string } {
  const most = database.settings.number("max_connections");
  const at = database.instances.at;
  if (most === undefined || most.value === undefined)
    return { limit: most ?? unknown(at, "max_connections is not in view"), limitFormula: "" };
  if (database.engine !== "postgresql")
    return { limit: most, limitFormula: `max_connections ${most.value}${defaulted(most)}` };
  const superuser = database.settings.number("superuser_reserved_connections")?.value ?? 3;
  const others = database.settings.number("reserved_connections")?.value ?? 0;
  const reserved = superuser + others;
  return {
    limit: { ...most, value: most.value - reserved },
    limitFormula: `max_connections ${most.value}${defaulted(most)} - ${reserved} reserved`,
  };
}

function defaulted(fact: Fact<number>): string {
  return fact.value !== undefined && fact.origin === "default" ? " by default" : "";
}

/** The most Pods an autoscaler may make of the workload, else its replicas; and how many more during a rollout. */
export function podsOf(
  workload: Workload,
  resources: ResourceIndex,
): { readonly rest: Fact<number>; readonly peak: Fact<number>; readonly surge: number } {
  const rest = workload.replicas;
  const autoscaler =
    resources.targeting("HorizontalPodAutoscaler", workload.resource)[0] ??
    resources.targeting("ScaledObject", workload.resource)[0];
  const node = autoscaler?.node.at("spec", "maxReplicas") ?? autoscaler?.node.at("spec", "maxReplicaCount");
  const most = node?.integer();
  const peak: Fact<number> =
    node === undefined || most === undefined ? rest : { value: most, at: node, origin: "written" };
  return { rest, peak, surge: surgeOf(workload, peak.value ?? 1) };
}

/** Pods beyond the replicas while a Deployment rolls: maxSurge, 25 % by default, rounded up. */
function surgeOf(workload: Workload, replicas: number): number {
  const { kind, node } = workload.resource;
  if (kind !== "Deployment" || node.string("spec", "strategy", "type") === "Recreate") return 0;
  const text = node.text("spec", "strategy", "rollingUpdate", "maxSurge") ?? "25%";
  const percent = /^(\d+)%$/.exec(text);
  return percent === null ? Number(text) || 0 : Math.ceil((Number(percent[1]) * replicas) / 100);
}

function rowOfPooler(
  pooler: Pooler,
  database: Database,
  resources: ResourceIndex,
): { readonly row: Row; readonly isLowerBound: boolean } | undefined {
  const routes = pooler.routes.filter(
    (route) => route.reaches.state === "database" && route.reaches.database === database,
  );
  const pool = pooler.settings.number("default_pool_size");
  const reserveSetting = pooler.settings.number("reserve_pool_size");
  const pods =
    pooler.workload === undefined
      ? { rest: pooler.instances, peak: pooler.instances, surge: 0 }
      : podsOf(pooler.workload, resources);
  if (routes.length === 0 || pods.peak.value === undefined || pods.rest.value === undefined) return undefined;
  let perPod = 0;
  let atRestPerPod = 0;
  let isLowerBound = !pooler.settings.isComplete;
  const terms: Term[] = [];
  for (const route of routes) {
    const size = route.poolSize ?? pool;
    if (size === undefined || size.value === undefined || size.value === 0) return undefined;
    const reserve = (route.reserve ?? reserveSetting)?.value ?? 0;
    const cap = (route.maxConnections ?? pooler.settings.number("max_db_connections"))?.value ?? 0;
    const capped = (value: number): number => (cap > 0 ? Math.min(value, cap) : value);
    perPod += capped(size.value + reserve);
    atRestPerPod += capped(size.value);
    // Without a forced user every user has a pool of its own; how many there are, the manifest rarely says.
    if (route.user === undefined && cap === 0) isLowerBound = true;
    if (route.databaseName.value === "*" && cap === 0) isLowerBound = true;
  }
  const first = routes[0];
  const size = first?.poolSize ?? pool;
  if (size !== undefined && size.value !== undefined)
    terms.push({ message: `default_pool_size ${size.value}${defaulted(size)}`, at: size.at });
  if (reserveSetting?.value !== undefined && reserveSetting.value > 0)
    terms.push({ message: `reserve_pool_size ${reserveSetting.value}`, at: reserveSetting.at });
  terms.push({
    message: pods.peak === pods.rest ? `replicas: ${pods.peak.value}` : `the autoscaler goes up to ${pods.peak.value}`,
    at: pods.peak.at,
  });
  if (routes.length > 1 && first !== undefined) terms.push({ message: `the ${routes.length} databases`, at: first.at });
  const formula = `${count(pods.peak.value, "pooler")} x ${poolFormula(routes, pool?.value, reserveSetting?.value)}`;
  return {
    isLowerBound,
    row: {
      label: shortName(pooler.resource),
      formula,
      atRest: pods.rest.value * atRestPerPod,
      peak: pods.peak.value * perPod,
      rollout: (pods.peak.value + pods.surge) * perPod,
      at: size?.at ?? pods.peak.at,
      terms,
    },
  };
}

function poolFormula(routes: readonly PoolerRoute[], pool: number | undefined, reserve: number | undefined): string {
  const sizes = routes.map((route) => {
    const own = route.reserve?.value ?? reserve ?? 0;
    const size = `${route.poolSize?.value ?? pool}`;
    return own === 0 ? size : `(${size} + ${own})`;
  });
  return new Set(sizes).size === 1
    ? `${count(routes.length, "database")} x ${sizes[0]}`
    : `(${sizes.join(" + ")} for ${routes.length} databases)`;
}

function rowOfClient(client: Client, resources: ResourceIndex): Row | undefined {
  const { workload } = client.container;
  const pods = podsOf(workload, resources);
  const pool = client.pool;
  if (pool.value === undefined || pods.peak.value === undefined || pods.rest.value === undefined) return undefined;
  const at: Place = pool.at;
  return {
    label: shortName(workload.resource),
    formula: `${count(pods.peak.value, "Pod")} x ${pool.value}`,
    atRest: pods.rest.value * pool.value,
    peak: pods.peak.value * pool.value,
    rollout: (pods.peak.value + pods.surge) * pool.value,
    at,
    terms: [
      { message: `pool size ${pool.value}`, at },
      { message: `replicas: ${pods.peak.value}`, at: pods.peak.at },
    ],
  };
}
