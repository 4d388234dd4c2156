import type { Container, MountedFile } from "../../kube/container.ts";
import type { Resource } from "../../kube/resource.ts";
import type { Workload } from "../../kube/workload.ts";
import { type Fact, unknown } from "../../yaml/fact.ts";
import type { Place, YamlNode } from "../../yaml/node.ts";
import type { Settings } from "../../yaml/settings.ts";
import type { Reach } from "./reach.ts";

/** One entry of `[databases]`, or what the image's environment makes of it. */
export interface PoolerRoute {
  readonly at: Place;
  readonly databaseName: Fact<string>;
  /** The server it connects to, where a host is written; operators name a cluster instead. */
  readonly host: Fact<string> | undefined;
  readonly reaches: Reach;
  /** pool_size, reserve_pool, max_db_connections of the entry itself; undefined: the pooler's own. */
  readonly poolSize: Fact<number> | undefined;
  readonly reserve: Fact<number> | undefined;
  readonly maxConnections: Fact<number> | undefined;
  readonly poolMode: Fact<string> | undefined;
  /** A forced user makes one pool, whoever connects. */
  readonly user: Fact<string> | undefined;
  /** The entry says the server's password itself (never its value). */
  readonly hasPassword: boolean;
  readonly port: Fact<number> | undefined;
  /** `load_balance_hosts`, which says whether several hosts are used in turn. */
  readonly balance: Fact<string> | undefined;
}

/** What the resource of an operator says of a pooler. */
export interface OperatedPooler {
  /** The operator's name: `cloudnative-pg`. */
  readonly operator: string;
  /** The map of PgBouncer's parameters. */
  readonly parameters: YamlNode | undefined;
  /** The strategy of the Deployment that the operator makes; none: it makes no Deployment, and no Pod is added during an update. */
  readonly strategy: YamlNode | undefined | "none";
  /** It asks the standbys only: the primary has none of its connections. */
  readonly isForStandbys: boolean;
  /** Its Service has its own name, not one made of the database's. */
  readonly hasOwnService: boolean;
}

export interface Pooler {
  readonly software: "pgbouncer" | "pgpool" | "odyssey" | "proxysql";
  readonly resource: Resource;
  readonly workload: Workload | undefined;
  readonly container: Container | undefined;
  /** undefined: it runs in a workload. */
  readonly operated: OperatedPooler | undefined;
  /** Image family whose environment dialect holds: `bitnami/pgbouncer`, `edoburu/pgbouncer`, …; undefined: not known. */
  readonly dialect: string | undefined;
  /** Runs beside its clients in the same Pod. */
  readonly isSidecar: boolean;
  readonly instances: Fact<number>;
  /** PgBouncer parameters by their ini names, the version's defaults filled in. */
  readonly settings: Settings;
  readonly routes: readonly PoolerRoute[];
  /** The pgbouncer.ini in view that it reads; undefined: none, or an operator or the image writes it. */
  readonly configuration: MountedFile | undefined;
}

/** An entry of which only place and name are known. */
export function emptyRoute(at: Place, databaseName: Fact<string>): PoolerRoute {
  return {
    at,
    databaseName,
    host: undefined,
    reaches: { state: "unknown" },
    poolSize: undefined,
    reserve: undefined,
    maxConnections: undefined,
    poolMode: undefined,
    user: undefined,
    hasPassword: false,
    port: undefined,
    balance: undefined,
  };
}

/** Whether an entry says by its name that its clients only read: `orders_ro`, `replica`, `reporting`. */
export function isForReaders({ databaseName }: PoolerRoute): boolean {
  return /(^|[^a-z])(ro|r|read|reader|readers|readonly|replicas?|standbys?|slaves?|secondary|reports?|reporting|analytics|bi)($|[^a-z])|read[-_]?only/i.test(
    databaseName.value ?? "",
  );
}

/** The number that an entry writes; what is none is unknown. */
export function numberOf(fact: Fact<string> | undefined): Fact<number> | undefined {
  if (fact === undefined || fact.value === undefined) return fact;
  return /^\d+$/.test(fact.value) ? { ...fact, value: Number(fact.value) } : unknown(fact.at, "it is not a number");
}
