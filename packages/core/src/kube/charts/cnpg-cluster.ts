import type { YamlNode } from "../../yaml/node.ts";
import { entriesOf, fullName, labelsOf, mapOf, objectOf } from "./bitnami.ts";
import type { Chart, ReadRelease } from "./chart.ts";
import { nodeOf, type Shape, unknownText } from "./shape.ts";
import type { ChartValues } from "./values.ts";

/** The chart `cluster` of CloudNativePG, 0.8.1. https://github.com/cloudnative-pg/charts/tree/b21ad2d/charts/cluster (2026-07) */
export const cnpgCluster: Chart = {
  name: "cluster",
  isFrom: (source) => /cnpg|cloudnative-?pg/i.test(source),
  oldest: 0,
  // Recovery, replicas, other programs and other ways of backup are templates of their own.
  reads: (values) =>
    values.text("mode", "standalone") === "standalone" &&
    values.text("type", "postgresql") === "postgresql" &&
    values.part("cluster.plugins") === undefined &&
    (values.truth("backups.enabled", false) === false ||
      values.text("backups.method", "barmanObjectStore") === "barmanObjectStore"),
  objectsOf,
};

const apiVersion = "postgresql.cnpg.io/v1";

function objectsOf(release: ReadRelease): readonly YamlNode[] {
  const { values } = release;
  const name = fullName(release);
  const labels = labelsOf(release, undefined);
  const cluster = (path: string, byDefault?: string | number | boolean): Shape =>
    values.scalar(`cluster.${path}`, byDefault);
  const catalogue =
    values.part("cluster.imageCatalogRef") !== undefined || values.part("imageCatalog.images") !== undefined;
  return [
    objectOf(
      release,
      { apiVersion, kind: "Cluster", name, labels, annotations: mapOf(values, "cluster.annotations") },
      {
        spec: {
          instances: cluster("instances", 3),
          ...(catalogue
            ? { imageCatalogRef: mapOf(values, "cluster.imageCatalogRef") ?? { kind: "ImageCatalog", name } }
            : { imageName: imageName(values) }),
          storage: { size: cluster("storage.size", "8Gi"), storageClass: cluster("storage.storageClass") },
          walStorage:
            values.truth("cluster.walStorage.enabled", false) !== true
              ? undefined
              : { size: cluster("walStorage.size", "1Gi"), storageClass: cluster("walStorage.storageClass") },
          resources: mapOf(values, "cluster.resources"),
          affinity: { topologyKey: "topology.kubernetes.io/zone", ...entriesOf(mapOf(values, "cluster.affinity")) },
          env: mapOf(values, "cluster.env"),
          envFrom: mapOf(values, "cluster.envFrom"),
          priorityClassName: cluster("priorityClassName"),
          primaryUpdateMethod: cluster("primaryUpdateMethod", "switchover"),
          primaryUpdateStrategy: cluster("primaryUpdateStrategy", "unsupervised"),
          stopDelay: cluster("stopDelay", 1800),
          certificates: mapOf(values, "cluster.certificates"),
          enableSuperuserAccess: cluster("enableSuperuserAccess", true),
          superuserSecret:
            values.written("cluster.superuserSecret") === undefined ? undefined : { name: cluster("superuserSecret") },
          enablePDB: cluster("enablePDB", true),
          postgresql: {
            ...entriesOf(mapOf(values, "cluster.postgresql")),
            shared_preload_libraries: mapOf(values, "cluster.postgresql.shared_preload_libraries"),
          },
          replicationSlots: mapOf(values, "cluster.replicationSlots"),
          managed: managed(values),
          bootstrap: { initdb: { ...entriesOf(mapOf(values, "cluster.initdb")) } },
          backup: backup(values, name),
        },
      },
    ),
    ...schedules(release, name),
    ...poolers(release, name),
  ];
}

function imageName(values: ChartValues): Shape {
  const written = values.scalar("cluster.imageName");
  if (written !== undefined) return written;
  const version = values.written("version.postgresql");
  const text = `ghcr.io/cloudnative-pg/postgresql:${values.text("version.postgresql", "16") ?? unknownText}`;
  return version === undefined ? text : nodeOf(text, version);
}

function managed(values: ChartValues): Shape {
  const [roles, services] = [mapOf(values, "cluster.roles"), mapOf(values, "cluster.services")];
  return roles === undefined && services === undefined ? undefined : { roles, services };
}

function backup(values: ChartValues, name: string): Shape {
  if (values.truth("backups.enabled", false) === false) return undefined;
  const shape = {
    target: "prefer-standby",
    retentionPolicy: values.scalar("backups.retentionPolicy", "30d"),
    barmanObjectStore: {
      // Made of the provider's bucket and path where none is written.
      destinationPath: values.scalar("backups.destinationPath") ?? unknownText,
      endpointURL: values.scalar("backups.endpointURL"),
      ...credentials(values, name),
      wal: { compression: values.scalar("backups.wal.compression", "gzip") },
      data: { compression: values.scalar("backups.data.compression", "gzip") },
    },
  };
  return nodeOf(shape, values.written("backups") ?? values.place);
}

/** Credentials of S3 are in a Secret that the chart makes; those of other providers are not told apart. */
function credentials(values: ChartValues, name: string): { readonly [key: string]: Shape } {
  const provider = values.text("backups.provider", "s3");
  if (provider !== "s3") return provider === "azure" ? { azureCredentials: {} } : { googleCredentials: {} };
  if (values.truth("backups.s3.inheritFromIAMRole", false) === true)
    return { s3Credentials: { inheritFromIAMRole: true } };
  const secret = values.scalar("backups.secret.name") ?? `${name}-backup-s3-creds`;
  return {
    s3Credentials: {
      accessKeyId: { name: secret, key: "ACCESS_KEY_ID" },
      secretAccessKey: { name: secret, key: "ACCESS_SECRET_KEY" },
    },
  };
}

function schedules(release: ReadRelease, cluster: string): readonly YamlNode[] {
  const { values } = release;
  if (values.truth("backups.enabled", false) === false) return [];
  const listed = values.written("backups.scheduledBackups");
  const make = (name: string, schedule: Shape, method: Shape, owner: Shape): YamlNode =>
    objectOf(
      release,
      { apiVersion, kind: "ScheduledBackup", name: `${cluster}-${name}`, labels: labelsOf(release, undefined) },
      { spec: { immediate: true, schedule, method, backupOwnerReference: owner, cluster: { name: cluster } } },
    );
  if (listed === undefined) return [make("daily-backup", "0 0 0 * * *", "barmanObjectStore", "self")];
  return listed
    .items()
    .map((each) =>
      make(each.text("name") ?? unknownText, each.at("schedule"), each.at("method"), each.at("backupOwnerReference")),
    );
}

function poolers(release: ReadRelease, cluster: string): readonly YamlNode[] {
  return (release.values.written("poolers")?.items() ?? []).map((each) =>
    objectOf(
      release,
      {
        apiVersion,
        kind: "Pooler",
        name: `${cluster}-pooler-${each.text("name") ?? unknownText}`,
        labels: labelsOf(release, "pooler"),
      },
      {
        spec: {
          cluster: { name: cluster },
          instances: each.at("instances"),
          type: each.at("type") ?? "rw",
          pgbouncer: {
            poolMode: each.at("poolMode") ?? "session",
            authQuerySecret: each.at("authQuerySecret"),
            authQuery: each.at("authQuery"),
            parameters: each.at("parameters"),
            pg_hba: each.at("pg_hba"),
          },
          template: each.at("template"),
        },
      },
    ),
  );
}
