import { earliest, latest } from "../../kube/ages.ts";
import type { LiveWorld } from "../../kube/live-world.ts";
import type { Resource } from "../../kube/resource.ts";
import type { YamlNode } from "../../yaml/node.ts";

/** What a Cluster of CloudNativePG, its ObjectStore and its Backups say of what can be restored. */
export interface CnpgRecovery {
  /** The earliest point in time that can be restored; undefined: nothing in view names one. */
  readonly first: YamlNode | undefined;
  /** When the last good base backup ended. */
  readonly lastBackup: YamlNode | undefined;
  /** The Backup objects of the Cluster that ended well, and those that failed. */
  readonly completed: readonly Resource[];
  readonly failed: readonly Resource[];
}

/**
 * The status of the Cluster speaks of barman inside the operator and of snapshots, that of the ObjectStore of the plugin.
 * https://cloudnative-pg.io/documentation/current/cloudnative-pg.v1/#clusterstatus,
 * https://cloudnative-pg.io/plugin-barman-cloud/docs/observability/
 */
export function cnpgRecovery(cluster: Resource, live: LiveWorld): CnpgRecovery {
  const own = live
    .ofKind("Backup")
    .filter(
      ({ namespace, node }) => namespace === cluster.namespace && node.text("spec", "cluster", "name") === cluster.name,
    );
  const inPhase = (phase: string): readonly Resource[] =>
    own.filter(({ node }) => node.text("status", "phase") === phase);
  const completed = inPhase("completed");
  const status = cluster.node.at("status");
  const store = storeOf(cluster);
  const found = store === undefined ? undefined : live.find("ObjectStore", store.name, cluster.namespace);
  const window = store === undefined ? undefined : found?.node.at("status", "serverRecoveryWindow", store.server);
  const each = (field: string): readonly (YamlNode | undefined)[] =>
    (status?.at(field)?.entries() ?? []).map(([, time]) => time);
  return {
    // Left over from barman inside the operator, the fields of the Cluster no longer change.
    first:
      earliest([window?.at("firstRecoverabilityPoint")]) ??
      earliest([status?.at("firstRecoverabilityPoint"), ...each("firstRecoverabilityPointByMethod")]),
    lastBackup: latest([
      window?.at("lastSuccessfulBackupTime"),
      status?.at("lastSuccessfulBackup"),
      ...each("lastSuccessfulBackupByMethod"),
      ...completed.map(({ node }) => node.at("status", "stoppedAt")),
    ]),
    completed,
    failed: inPhase("failed"),
  };
}

/** The ObjectStore that the Barman Cloud plugin of a Cluster archives to, and the name it has there. */
function storeOf({ node, name }: Resource): { readonly name: string; readonly server: string } | undefined {
  const plugin = (node.at("spec", "plugins")?.items() ?? []).find(
    (each) => each.boolean("enabled") !== false && each.text("parameters", "barmanObjectName") !== undefined,
  );
  const store = plugin?.text("parameters", "barmanObjectName");
  return store === undefined ? undefined : { name: store, server: plugin?.text("parameters", "serverName") ?? name };
}
