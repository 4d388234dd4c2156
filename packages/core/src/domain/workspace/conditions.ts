import type { Engine } from "../../facts/engines.ts";
import { namespacesAgree } from "../../kube/namespace.ts";
import type { Resource } from "../../kube/resource.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import type { Workload } from "../../kube/workload.ts";
import type { YamlNode } from "../../yaml/node.ts";
import type { Database } from "../model/database.ts";
import type { Workspace } from "../model/workspace.ts";

const singleWriters: ReadonlySet<Engine> = new Set([
  "postgresql",
  "mysql",
  "mariadb",
  "mongodb",
  "redis",
  "valkey",
  "etcd",
  "cassandra",
  "cockroachdb",
  "elasticsearch",
  "opensearch",
  "influxdb",
  "neo4j",
  "mssql",
  "oracle",
  "clickhouse",
]);

/** Only one server process may write the data directory; two destroy it. */
export function isSingleWriter(database: Database): boolean {
  return singleWriters.has(database.engine);
}

/** Members elect a leader or commit by majority: without it the database stops. */
export function decidesByMajority(database: Database): boolean {
  return (
    database.engine === "mongodb" ||
    database.engine === "etcd" ||
    database.engine === "zookeeper" ||
    database.engine === "cockroachdb"
  );
}

/** Something in view makes the instances copies of each other. */
export function isReplicated(database: Database): boolean {
  return database.replication.value !== undefined && database.replication.value !== "none";
}

/** The claim that a volume of a workload uses: its template's spec, or the object's; undefined: none, or not in view. */
export function claimOf(
  workload: Workload,
  volumeName: string,
  resources: ResourceIndex,
): { readonly spec: YamlNode; readonly resource: Resource | undefined } | undefined {
  const volume = workload.volumes.find((candidate) => candidate.name === volumeName);
  if (volume === undefined) return undefined;
  if (volume.claimSpec !== undefined) return { spec: volume.claimSpec, resource: undefined };
  if (volume.source !== "claim" || volume.sourceName === undefined) return undefined;
  const resource = resources.find("PersistentVolumeClaim", volume.sourceName, workload.resource);
  const spec = resource?.node.at("spec");
  return spec === undefined ? undefined : { spec, resource };
}

export function accessModes(claimSpec: YamlNode): readonly string[] {
  return (claimSpec.at("accessModes")?.items() ?? []).flatMap((item) => item.text() ?? []);
}

/** A LimitRange fills in what a container does not say: one that is applied with it, or one written for its namespace. */
export function hasLimitRange(resource: Resource, { resources, everything }: Workspace): boolean {
  return (
    resources.ofKind("LimitRange").some((range) => namespacesAgree(range, resource)) ||
    everything.resources
      .ofKind("LimitRange")
      .some((range) => range.namespace !== undefined && range.namespace === resource.namespace)
  );
}

/** Autoscalers that change the number of Pods. */
export function podAutoscalersOf(workload: Workload, resources: ResourceIndex): readonly Resource[] {
  return [
    ...resources.targeting("HorizontalPodAutoscaler", workload.resource),
    ...resources.targeting("ScaledObject", workload.resource),
  ];
}
