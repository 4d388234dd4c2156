import { integerFact, textFact } from "../../kube/placeholder.ts";
import { known } from "../../yaml/fact.ts";
import { keyOf } from "../../yaml/node.ts";
import type { Setting } from "../../yaml/settings.ts";
import type { OperatedDatabase, Operator } from "../model/operator.ts";
import { emptyRoute } from "../model/pooler.ts";
import { operatorPooler } from "./operator-pooler.ts";

const group = ["kubedb.com"];

/** Versions are names of catalog objects that begin with the server's: `16.4`, `8.0.36`, `mariadb-11.5.2`. */
const database = (engine: OperatedDatabase["engine"]): OperatedDatabase => ({
  engine,
  instances: (node) => integerFact(node, ["spec", "replicas"], 1),
  version: [["spec", "version"]],
  image: undefined,
  parameters: [],
  hasOwnDefaults: true, // configSecret and the operator's tuning are not read
  storage: ["spec", "storage", "resources", "requests", "storage"],
  isEphemeral: (node) => node.text("spec", "storageType") === "Ephemeral",
  // SetDefaults in https://github.com/kubedb/apimachinery/tree/master/apis/kubedb/v1 (2026-07)
  claimDeletion: {
    path: ["spec", "deletionPolicy"],
    deletes: ["Delete", "WipeOut"],
    keeps: "Halt",
    standard: "Delete",
    older: ["spec", "terminationPolicy"],
  },
});

/** `connectionPool`: https://kubedb.com/docs/latest/guides/pgbouncer/concepts/pgbouncer/ ; what it leaves out is the operator's. */
const poolSettings: ReadonlyMap<string, string> = new Map([
  ["poolMode", "pool_mode"],
  ["maxClientConnections", "max_client_conn"],
  ["defaultPoolSize", "default_pool_size"],
  ["minPoolSize", "min_pool_size"],
  ["reservePoolSize", "reserve_pool_size"],
  ["reservePoolTimeoutSeconds", "reserve_pool_timeout"],
  ["maxDBConnections", "max_db_connections"],
  ["maxUserConnections", "max_user_connections"],
  ["port", "listen_port"],
  ["authType", "auth_type"],
]);

/** https://kubedb.com/docs/latest/guides/ */
export const kubedb: Operator = {
  name: "kubedb",
  title: "KubeDB",
  onDelete: {
    claims:
      "go with `deletionPolicy: Delete`, the default, and with `WipeOut`; `Halt` keeps them, `DoNotTerminate` refuses the deletion",
    backups: "stay, unless `deletionPolicy` is `WipeOut`",
    secrets: "go with `WipeOut` only",
    source: "https://github.com/kubedb/apimachinery/blob/master/apis/kubedb/v1/types.go",
    read: "2026-07",
  },
  // https://kubedb.com/docs/latest/guides/
  majorUpgrade: "KubeDB does that with an OpsRequest of type `UpdateVersion` that names the new version",
  kinds: {
    Postgres: group,
    MySQL: group,
    MariaDB: group,
    MongoDB: group,
    Redis: group,
    PgBouncer: group,
  },
  databases: {
    Postgres: database("postgresql"),
    MySQL: database("mysql"),
    MariaDB: database("mariadb"),
    MongoDB: database("mongodb"),
    Redis: database("redis"),
  },
  services: (name) => [
    [name, "primary"],
    [`${name}-standby`, "replicas"],
    [`${name}-pods`, "any"],
  ],
  pauses: Object.fromEntries(
    ["Postgres", "MySQL", "MariaDB", "MongoDB", "Redis"].map((kind) => [
      kind,
      [{ path: ["spec", "halted"], value: "true", effect: "runs no server" }],
    ]),
  ),
  nameLabels: ["app.kubernetes.io/instance"],

  readPooler(resource) {
    if (resource.kind !== "PgBouncer") return undefined;
    const { node } = resource;
    const pool = node.at("spec", "connectionPool");
    const at = keyOf(node.nearest("spec", "connectionPool"));
    const name = node.at("spec", "database", "databaseName");
    return operatorPooler({
      resource,
      instances: integerFact(node, ["spec", "replicas"], 1),
      written: (pool?.entries() ?? []).flatMap(([key, value]): readonly Setting[] => {
        const setting = poolSettings.get(key);
        return setting === undefined ? [] : [{ name: setting, value: textFact(value), nameAt: keyOf(value) }];
      }),
      defaults: {},
      at,
      routes: [{ ...emptyRoute(name ?? at, name === undefined ? known("*", at) : textFact(name)) }],
      isComplete: false,
      operated: {
        operator: "kubedb",
        parameters: undefined,
        strategy: "none",
        isForStandbys: false,
        hasOwnService: true,
      },
    });
  },
};
