import { hasPlaceholder } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import type { YamlNode } from "../../yaml/node.ts";

/** Finds a ConfigMap as the operator's configuration would mean it. */
export type FindConfigMap = (name: string) => Resource | undefined;

/** Variables that make Spilo archive WAL. https://github.com/zalando/spilo/blob/master/ENVIRONMENT.rst */
const archiveVariables =
  /^(?:(?:USE_)?WAL[GE]_\w+|WAL_(?:S3|GCS|GS|SWIFT)_(?:BUCKET|PREFIX)|WAL_GS_BUCKET|AZURE_STORAGE_ACCOUNT|BACKUP_SCHEDULE)$/;

/** What the operator gives to the Pods of all its clusters: entries of the ConfigMap that its configuration names. */
export function podEnvironment(configuration: Resource, find: FindConfigMap): readonly (readonly [string, YamlNode])[] {
  const written = configuration.node.text("configuration", "kubernetes", "pod_environment_configmap");
  if (written === undefined || hasPlaceholder(written)) return [];
  // `namespace/name`, or a name in the operator's own namespace.
  return (
    find(written.slice(written.indexOf("/") + 1))
      ?.node.at("data")
      ?.entries() ?? []
  );
}

/** Whether the operator's configuration makes every cluster archive its WAL. */
export function archivesForAll(configuration: Resource, find: FindConfigMap): boolean {
  const cloud = configuration.node.at("configuration", "aws_or_gcp")?.entries() ?? [];
  return (
    cloud.some(([name, value]) => /^wal_(?:s3|gs|az)_/.test(name) && (value.text() ?? "") !== "") ||
    podEnvironment(configuration, find).some(([name]) => archiveVariables.test(name))
  );
}

/**
 * Where a cluster's archive lies, when that is a literal: Spilo takes a prefix as it is, and adds the cluster's name to a bucket only.
 * https://github.com/zalando/postgres-operator/issues/1432
 */
export function literalPrefix(entries: readonly (readonly [string, YamlNode])[]): YamlNode | undefined {
  return entries.find(([name, value]) => {
    const text = value.text();
    return (
      /^WAL[GE]_(?:S3|GS|AZ)_PREFIX$/.test(name) && text !== undefined && !text.includes("$") && !hasPlaceholder(text)
    );
  })?.[1];
}
