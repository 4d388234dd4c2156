import { parseKeywordDsn } from "../../embedded/dsn.ts";
import { pgbouncerDefaults } from "../../facts/pgbouncer.ts";
import { integerFact, textFact } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import { byDefault, type Fact, known } from "../../yaml/fact.ts";
import { keyOf, type Place, type YamlNode } from "../../yaml/node.ts";
import { type Setting, settingsOf } from "../../yaml/settings.ts";
import { emptyRoute, numberOf, type Pooler, type PoolerRoute } from "../model/pooler.ts";
import type { Reach } from "../model/reach.ts";

/** What operators write for every client: internal/management of CloudNativePG, pooler of Zalando, internal/pgbouncer of PGO. */
const ignoredByOperators: Readonly<Record<string, string>> = {
  Pooler: "extra_float_digits,options",
  postgresql: "extra_float_digits,options",
  PostgresCluster: "extra_float_digits",
  PerconaPGCluster: "extra_float_digits",
};

/** The poolers that custom resources describe: CloudNativePG's Pooler, and the ones Zalando's, Crunchy's, Percona's and KubeDB's operators make. */
export function readOperatorPooler(resource: Resource, clusterReach: (name: string) => Reach): Pooler | undefined {
  const { node, kind } = resource;
  if (kind === "Pooler") {
    const parameters = node.at("spec", "pgbouncer", "parameters")?.entries() ?? [];
    const mode = node.at("spec", "pgbouncer", "poolMode");
    const written: Setting[] = parameters.map(([name, value]) => ({
      name,
      value: textFact(value),
      nameAt: keyOf(value),
    }));
    if (mode !== undefined) written.push({ name: "pool_mode", value: textFact(mode), nameAt: keyOf(mode) });
    const cluster = node.string("spec", "cluster", "name");
    const at = keyOf(node.nearest("spec", "pgbouncer"));
    return operatorPooler(
      resource,
      integerFact(node, ["spec", "instances"], 1),
      written,
      { pool_mode: "session", listen_port: "5432" },
      at,
      {
        ...emptyRoute(node.at("spec", "cluster", "name") ?? at, known("*", at)),
        reaches: cluster === undefined ? { state: "unknown" } : clusterReach(cluster),
      },
    );
  }
  // A section alone makes a pooler, unless it is switched off (needMasterConnectionPoolerWorker in connection_pooler.go).
  if (
    kind === "postgresql" &&
    (node.boolean("spec", "enableConnectionPooler") ?? node.at("spec", "connectionPooler") !== undefined)
  ) {
    const base = node.at("spec", "connectionPooler") ?? node;
    const at = keyOf(node.nearest("spec", "connectionPooler"));
    const instances = integerFact(node, ["spec", "connectionPooler", "numberOfInstances"], 2);
    const most = integerFact(base, base === node ? ["spec", "none"] : ["maxDBConnections"], 60);
    const mode = base.string("mode") ?? "transaction";
    // Per instance: max_db = maxDBConnections / n, pool = max_db / 2, reserve = max_db / 4 (pkg/cluster/connection_pooler.go)
    const share =
      most.value === undefined || instances.value === undefined
        ? undefined
        : Math.floor(most.value / Math.max(1, instances.value));
    const written: Setting[] =
      share === undefined
        ? []
        : [
            ["default_pool_size", share / 2],
            ["reserve_pool_size", share / 4],
            ["max_db_connections", share],
          ].map(([name, value]) => ({
            name: String(name),
            value: { ...most, value: String(Math.floor(Number(value))) } as Fact<string>,
            nameAt: most.at,
          }));
    written.push({ name: "pool_mode", value: known(mode, at), nameAt: at });
    return operatorPooler(resource, instances, written, { listen_port: "5432" }, at, {
      ...emptyRoute(at, known("*", at)),
      reaches: clusterReach(resource.name),
    });
  }
  if (kind === "PgBouncer") return readKubedbPooler(resource);
  const proxy =
    kind === "PostgresCluster" || kind === "PerconaPGCluster" ? node.at("spec", "proxy", "pgBouncer") : undefined;
  if (proxy === undefined) return undefined;
  const written = (proxy.at("config", "global")?.entries() ?? []).map(
    ([name, value]): Setting => ({ name, value: textFact(value), nameAt: keyOf(value) }),
  );
  return operatorPooler(
    resource,
    integerFact(proxy, ["replicas"], 1),
    written,
    { listen_port: "5432" },
    keyOf(proxy),
    ...routesOfCrunchy(proxy, clusterReach(resource.name)),
  );
}

/** `config.databases` of PGO and Percona: connection strings by name; without it one entry for every database. */
function routesOfCrunchy(proxy: YamlNode, cluster: Reach): readonly PoolerRoute[] {
  const databases = proxy.at("config", "databases")?.entries() ?? [];
  if (databases.length === 0) return [{ ...emptyRoute(keyOf(proxy), known("*", keyOf(proxy))), reaches: cluster }];
  return databases.map(([name, node]): PoolerRoute => {
    const values = parseKeywordDsn(node.text() ?? "")?.values;
    const fact = (key: string): Fact<string> | undefined => {
      const found = values?.get(key);
      return found === undefined ? undefined : known(found.text, node.inside(found.span));
    };
    const host = fact("host");
    return {
      ...emptyRoute(keyOf(node), known(name, keyOf(node))),
      host,
      // A host of its own is another server, or this one under a name that is not looked up here.
      reaches: host === undefined ? cluster : { state: "unknown" },
      poolSize: numberOf(fact("pool_size")),
      reserve: numberOf(fact("reserve_pool_size") ?? fact("reserve_pool")),
      maxConnections: numberOf(fact("max_db_connections")),
      poolMode: fact("pool_mode"),
      user: fact("user"),
      port: numberOf(fact("port")),
    };
  });
}

/** KubeDB's PgBouncer: https://kubedb.com/docs/latest/guides/pgbouncer/concepts/pgbouncer/ ; what it leaves out is the operator's. */
const kubedbSettings: Readonly<Record<string, string>> = {
  poolMode: "pool_mode",
  maxClientConnections: "max_client_conn",
  defaultPoolSize: "default_pool_size",
  minPoolSize: "min_pool_size",
  reservePoolSize: "reserve_pool_size",
  reservePoolTimeoutSeconds: "reserve_pool_timeout",
  maxDBConnections: "max_db_connections",
  maxUserConnections: "max_user_connections",
  port: "listen_port",
  authType: "auth_type",
};

function readKubedbPooler(resource: Resource): Pooler {
  const { node } = resource;
  const pool = node.at("spec", "connectionPool");
  const at = keyOf(node.nearest("spec", "connectionPool"));
  const written = (pool?.entries() ?? []).flatMap(([name, value]): readonly Setting[] => {
    const setting = Object.hasOwn(kubedbSettings, name) ? kubedbSettings[name] : undefined;
    return setting === undefined ? [] : [{ name: setting, value: textFact(value), nameAt: keyOf(value) }];
  });
  const database = node.at("spec", "database", "databaseName");
  const pooler = operatorPooler(resource, integerFact(node, ["spec", "replicas"], 1), written, {}, at, {
    ...emptyRoute(database ?? at, database === undefined ? known("*", at) : textFact(database)),
  });
  return { ...pooler, settings: settingsOf(written, { isComplete: false }) };
}

function operatorPooler(
  resource: Resource,
  instances: Fact<number>,
  written: readonly Setting[],
  own: Readonly<Record<string, string>>,
  at: Place,
  ...routes: readonly PoolerRoute[]
): Pooler {
  const ignores = "ignore_startup_parameters";
  const ignored = ignoredByOperators[resource.kind];
  // CloudNativePG adds its own to what is written.
  const addsToIgnored = (setting: Setting): Setting =>
    setting.name === ignores && resource.kind === "Pooler" && setting.value.value !== undefined
      ? { ...setting, value: { ...setting.value, value: `${setting.value.value},${ignored}` } }
      : setting;
  return {
    software: "pgbouncer",
    resource,
    workload: undefined,
    container: undefined,
    dialect: undefined,
    isSidecar: false,
    instances,
    configuration: undefined,
    settings: settingsOf(written.map(addsToIgnored), {
      isComplete: true,
      defaults: (name) => {
        const value = own[name] ?? (name === ignores ? ignored : undefined) ?? pgbouncerDefaults.get(name);
        return value === undefined ? undefined : byDefault(value, at);
      },
    }),
    routes,
  };
}
