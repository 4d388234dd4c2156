import { hasPlaceholder, integerFact, textFact } from "../../kube/placeholder.ts";
import { known } from "../../yaml/fact.ts";
import { keyOf } from "../../yaml/node.ts";
import type { Setting } from "../../yaml/settings.ts";
import type { Operator } from "../model/operator.ts";
import { emptyRoute } from "../model/pooler.ts";
import { backupsOfCnpg } from "./cnpg-backups.ts";
import { changesRefusedByCnpg, refusalsOfCnpg, sizesOfCnpg } from "./cnpg-refusals.ts";
import { openingsOf } from "./openings.ts";
import { operatorPooler, settingsIn } from "./operator-pooler.ts";

/** Written for every client, and added to what the resource says (internal/management/pgbouncer). */
const ignoredParameters = "extra_float_digits,options";

/** https://cloudnative-pg.io/documentation/current/cloudnative-pg.v1/ */
export const cloudnativePg: Operator = {
  name: "cloudnative-pg",
  title: "CloudNativePG",
  onDelete: {
    claims: "go: the Cluster owns them",
    backups:
      "the object store stays; `Backup` objects and snapshots stay unless `backupOwnerReference` or `snapshotOwnerReference` is `cluster`",
    secrets: "those it generated go: certificates, `-app`, `-superuser`",
    source: "https://github.com/cloudnative-pg/cloudnative-pg/blob/main/pkg/resources/metadatabuilder.go",
    read: "2026-08",
  },
  // https://cloudnative-pg.io/documentation/current/postgres_upgrades/
  majorUpgrade:
    "since 1.26 CloudNativePG then stops all instances and runs pg_upgrade; WAL of the old version leads no further, so take a backup afterward",
  bootstraps: { fromBackup: "bootstrap.recovery", fromRunning: "bootstrap.pg_basebackup" },
  kinds: {
    Cluster: ["postgresql.cnpg.io"],
    Pooler: ["postgresql.cnpg.io"],
    ScheduledBackup: ["postgresql.cnpg.io"],
    Backup: ["postgresql.cnpg.io"],
    ObjectStore: ["barmancloud.cnpg.io"],
    ImageCatalog: ["postgresql.cnpg.io"],
    ClusterImageCatalog: ["postgresql.cnpg.io"],
    Database: ["postgresql.cnpg.io"],
    DatabaseRole: ["postgresql.cnpg.io"],
    Publication: ["postgresql.cnpg.io"],
    Subscription: ["postgresql.cnpg.io"],
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
      refusedChanges: changesRefusedByCnpg,
      sizes: sizesOfCnpg,
      // https://github.com/cloudnative-pg/cloudnative-pg/blob/main/internal/controller/cluster_scale.go
      deletesClaimsOfRemoved: true,
      walStorage: ["spec", "walStorage", "size"],
      resources: ["spec", "resources"],
      loginRules: [["spec", "postgresql", "pg_hba"]],
    },
  },
  openings: {
    Cluster: openingsOf({ at: ["spec", "managed", "services", "additional", "*", "serviceTemplate"] }),
    Pooler: openingsOf({ at: ["spec", "serviceTemplate"] }),
  },
  services: (name) => [
    [`${name}-rw`, "primary"],
    [`${name}-ro`, "replicas"],
    [`${name}-r`, "any"],
  ],
  nameLabels: ["cnpg.io/cluster"],

  // https://cloudnative-pg.io/documentation/current/declarative_database_management/
  declaresDatabase({ node }) {
    const name = node.text("spec", "name");
    const [policy, ensure] = [node.at("spec", "databaseReclaimPolicy"), node.at("spec", "ensure")];
    if (name === undefined) return undefined;
    return {
      name,
      keptWith: "databaseReclaimPolicy: retain",
      ...(policy?.text() === "delete"
        ? { droppedOnDelete: { because: "databaseReclaimPolicy: delete", at: policy } }
        : {}),
      ...(ensure?.text() === "absent" ? { droppedNow: { because: "ensure: absent", at: ensure } } : {}),
    };
  },

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
