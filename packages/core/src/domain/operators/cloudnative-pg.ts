import { hasPlaceholder, integerFact, textFact } from "../../kube/placeholder.ts";
import { known } from "../../yaml/fact.ts";
import { keyOf } from "../../yaml/node.ts";
import type { Setting } from "../../yaml/settings.ts";
import type { Operator } from "../model/operator.ts";
import { emptyRoute } from "../model/pooler.ts";
import { backupsOfCnpg } from "./cnpg-backups.ts";
import { refusalsOfCnpg } from "./cnpg-refusals.ts";
import { operatorPooler, settingsIn } from "./operator-pooler.ts";

/** Written for every client, and added to what the resource says (internal/management/pgbouncer). */
const ignoredParameters = "extra_float_digits,options";

/** https://cloudnative-pg.io/documentation/current/cloudnative-pg.v1/ */
export const cloudnativePg: Operator = {
  name: "cloudnative-pg",
  kinds: {
    Cluster: ["postgresql.cnpg.io"],
    Pooler: ["postgresql.cnpg.io"],
    ScheduledBackup: ["postgresql.cnpg.io"],
    Backup: ["postgresql.cnpg.io"],
    ObjectStore: ["barmancloud.cnpg.io"],
    ImageCatalog: ["postgresql.cnpg.io"],
    ClusterImageCatalog: ["postgresql.cnpg.io"],
  },
  databases: {
    Cluster: {
      engine: "postgresql",
      instances: (node) => integerFact(node, ["spec", "instances"], 1),
      guardsSingleInstance: true,
      followsAnother: (node) => {
        const replica = node.at("spec", "replica");
        const primary = replica?.text("primary");
        const own = replica?.text("self") ?? node.text("metadata", "name");
        return primary === undefined ? replica?.boolean("enabled") === true : primary !== own;
      },
      ownsClaims: "CloudNativePG deletes a Cluster's claims with it",
      version: [["spec", "imageCatalogRef", "major"]],
      image: ["spec", "imageName"],
      parameters: [["spec", "postgresql", "parameters"]],
      storage: ["spec", "storage", "size"],
      // https://github.com/cloudnative-pg/cloudnative-pg/blob/main/internal/webhook/v1/cluster_webhook.go
      fixed: [
        { path: ["spec", "walStorage"], against: "removal", says: "walStorage cannot be disabled once configured" },
        { path: ["spec", "tablespaces"], against: "removal", says: "no tablespace can be deleted once created" },
        { path: ["spec", "postgresUID"], against: "change", says: "UID is an immutable field in the spec" },
        { path: ["spec", "postgresGID"], against: "change", says: "GID is an immutable field in the spec" },
      ],
      // https://github.com/cloudnative-pg/cloudnative-pg/blob/main/internal/controller/cluster_scale.go
      deletesClaimsOfRemoved: true,
      walStorage: ["spec", "walStorage", "size"],
      resources: ["spec", "resources"],
      loginRules: [["spec", "postgresql", "pg_hba"]],
    },
  },
  services: (name) => [
    [`${name}-rw`, "primary"],
    [`${name}-ro`, "replicas"],
    [`${name}-r`, "any"],
  ],
  nameLabels: ["cnpg.io/cluster"],

  readPooler(resource, clusterReach) {
    if (resource.kind !== "Pooler") return undefined;
    const { node } = resource;
    const mode = node.at("spec", "pgbouncer", "poolMode");
    const addsToIgnored = (setting: Setting): Setting =>
      setting.name === "ignore_startup_parameters" && setting.value.value !== undefined
        ? { ...setting, value: { ...setting.value, value: `${setting.value.value},${ignoredParameters}` } }
        : setting;
    const cluster = node.string("spec", "cluster", "name");
    const at = keyOf(node.nearest("spec", "pgbouncer"));
    return operatorPooler({
      resource,
      instances: integerFact(node, ["spec", "instances"], 1),
      written: [
        ...settingsIn(node.at("spec", "pgbouncer", "parameters")).map(addsToIgnored),
        ...(mode === undefined ? [] : [{ name: "pool_mode", value: textFact(mode), nameAt: keyOf(mode) }]),
      ],
      defaults: { pool_mode: "session", listen_port: "5432", ignore_startup_parameters: ignoredParameters },
      at,
      routes: [
        {
          ...emptyRoute(node.at("spec", "cluster", "name") ?? at, known("*", at)),
          reaches: cluster === undefined ? { state: "unknown" } : clusterReach(cluster),
        },
      ],
      operated: {
        operator: "cloudnative-pg",
        parameters: node.at("spec", "pgbouncer", "parameters"),
        // The Deployment takes it as it is. https://cloudnative-pg.io/documentation/current/connection_pooling/
        strategy: node.at("spec", "deploymentStrategy"),
        // One that is filled in later may be, and takes nothing from the primary for certain.
        isForStandbys: node.string("spec", "type") === "ro" || hasPlaceholder(node.text("spec", "type") ?? ""),
        hasOwnService: true,
      },
    });
  },

  backupsIn: backupsOfCnpg,
  pauses: {
    Cluster: [{ path: ["metadata", "annotations", "cnpg.io/hibernation"], value: "on", effect: "runs no server" }],
    Pooler: [{ path: ["spec", "pgbouncer", "paused"], value: "true", effect: "lets no client through" }],
  },
  refusals: refusalsOfCnpg,
};
