import { groupOf } from "../../facts/kinds.ts";
import { shortImage } from "../../kube/image.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import type { YamlNode } from "../../yaml/node.ts";
import type { Backup } from "../model/backup.ts";
import type { BackupFault } from "../model/backup-terms.ts";
import type { Database } from "../model/database.ts";
import { missingBarman, misspeltStore, refusedArchive } from "../operators/cnpg-archive-faults.ts";
import { isChangedByScript } from "./cluster-scripts.ts";
import { missingMethod } from "./cnpg-method.ts";

/** Why a Cluster of CloudNativePG cannot be backed up so; undefined: nothing shows that it cannot, or a script changes the Cluster. */
export function cnpgFault(backup: Backup, database: Database, resources: ResourceIndex): BackupFault | undefined {
  const { resource: cluster } = database;
  if (groupOf(backup.resource.apiVersion) !== "postgresql.cnpg.io") return undefined;
  const fault = methodFault(backup, database) ?? archiveFault(backup, database, resources);
  return fault === undefined || isChangedByScript(cluster, resources) ? undefined : fault;
}

function methodFault({ resource }: Backup, { resource: cluster }: Database): BackupFault | undefined {
  const missing = missingMethod(resource, cluster);
  if (missing === undefined) return undefined;
  const { method, plugin, written } = missing;
  return {
    because:
      plugin === undefined
        ? `${cluster.kind} ${cluster.name} has no spec.backup.${method}`
        : `${cluster.kind} ${cluster.name} does not have plugin ${plugin}`,
    at: written ?? resource.node.nearest("spec"),
  };
}

/** What keeps WAL and base backups out of the archive: snapshots do not go there. */
function archiveFault(backup: Backup, database: Database, resources: ResourceIndex): BackupFault | undefined {
  if (backup.method === "volume-snapshot") return undefined;
  const { resource: cluster } = database;
  const refused = refusedArchive(cluster);
  if (refused !== undefined)
    return {
      because: `${cluster.kind} ${cluster.name} is restored from archive ${refused.serverName} and writes to the same one, which CloudNativePG refuses`,
      at: refused.at,
    };
  if (isInTree(backup, cluster.node)) {
    const barman = missingBarman(database);
    return barman && { because: `${shortImage(barman.image)} has no barman-cloud programs`, at: barman.image.node };
  }
  for (const plugin of cluster.node.at("spec", "plugins")?.items() ?? []) {
    const store = misspeltStore(plugin, cluster, resources);
    if (store !== undefined)
      return { because: `no ObjectStore ${store.name} is in view (there is ${store.meant})`, at: store.at };
  }
  return undefined;
}

/** Whether the Pod itself calls barman-cloud: a Cluster's archive is in-tree where it has a store, a base backup unless it says otherwise. */
function isInTree({ resource: { kind, node } }: Backup, cluster: YamlNode): boolean {
  return kind === "Cluster"
    ? cluster.at("spec", "backup", "barmanObjectStore") !== undefined
    : (node.text("spec", "method") ?? "barmanObjectStore") === "barmanObjectStore";
}
