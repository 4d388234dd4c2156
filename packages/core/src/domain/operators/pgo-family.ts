import { parseKeywordDsn } from "../../embedded/dsn.ts";
import { integerFact } from "../../kube/placeholder.ts";
import { type Fact, known } from "../../yaml/fact.ts";
import { keyOf, type YamlNode } from "../../yaml/node.ts";
import type { Operator } from "../model/operator.ts";
import { emptyRoute, numberOf, type PoolerRoute } from "../model/pooler.ts";
import type { Reach } from "../model/reach.ts";
import { operatorPooler, settingsIn } from "./operator-pooler.ts";

/** What Crunchy's operator and Percona's fork of it have in common. */
export const servicesOfPgo: Operator["services"] = (name) => [
  [`${name}-primary`, "primary"],
  [`${name}-ha`, "primary"],
  [`${name}-replicas`, "replicas"],
  [`${name}-pgbouncer`, "pooler"],
];

export const isStandbyOfPgo = (node: YamlNode): boolean => node.boolean("spec", "standby", "enabled") === true;

export const poolerOfPgo: NonNullable<Operator["readPooler"]> = (resource, clusterReach) => {
  const proxy = resource.node.at("spec", "proxy", "pgBouncer");
  if (proxy === undefined) return undefined;
  return operatorPooler({
    resource,
    instances: integerFact(proxy, ["replicas"], 1),
    written: settingsIn(proxy.at("config", "global")),
    defaults: { listen_port: "5432", ignore_startup_parameters: "extra_float_digits" },
    at: keyOf(proxy),
    routes: routesOf(proxy, clusterReach(resource.name)),
    // generatePGBouncerDeployment leaves maxSurge to Kubernetes.
    operated: {
      operator: "pgo",
      parameters: proxy.at("config", "global"),
      strategy: undefined,
      isForStandbys: false,
      hasOwnService: false,
    },
  });
};

/** `config.databases`: connection strings by name; without it one entry for every database. */
function routesOf(proxy: YamlNode, cluster: Reach): readonly PoolerRoute[] {
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
