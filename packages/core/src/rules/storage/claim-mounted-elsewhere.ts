import { claimsOf } from "../../domain/backup/read-backups.ts";
import type { Database } from "../../domain/model/database.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import type { Workspace } from "../../domain/model/workspace.ts";
import { isSingleWriter } from "../../domain/workspace/conditions.ts";
import { namespacesAgree } from "../../kube/namespace.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import type { Volume, Workload } from "../../kube/workload.ts";
import { defineRule } from "../../rule/rule.ts";
import { oncePer } from "../../text/once.ts";
import type { YamlNode } from "../../yaml/node.ts";

export default defineRule({
  id: "claim-mounted-elsewhere",
  subject: "database",
  meta: {
    summary: "Another long-running workload mounts the claim of a live data directory and may write to it.",
    rationale:
      "A file manager, an exporter or an application that can write to the data directory is one mistake away from a corrupt database. On another node it cannot even start: a ReadWriteOnce claim is attached to one node.",
    remedy:
      "Give the other workload what it needs over the network; at the very least set `readOnly: true` on its volume.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    reportsAt: ["Deployment", "StatefulSet", "DaemonSet", "Pod", "Job", "CronJob"],
    references: ["https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes"],
    quietWhen:
      "it mounts the claim read-only or another directory of it, is a Job, is a database itself, or runs no Pod (`replicas: 0`).",
  },
  check(database, { workspace, report }) {
    const { workload, resource, dataDirectory } = database;
    const mount = dataDirectory?.mount;
    // With no Pod of its own it is no live data directory: it is moved, or looked at.
    if ((database.instances.value ?? 0) === 0) return;
    if (workload === undefined || mount === undefined || !isSingleWriter(database)) return;
    if (mount.volume?.source !== "claim" && mount.volume?.source !== "claim-template") return;
    const found = mountingElsewhere(database, mount.volume, workspace);
    if (found === undefined) return;
    const { claim, other, volume } = found;
    report({
      message: `${nameOf(other.resource)} mounts ${claim}, where ${serverName(database)} of ${nameOf(resource)} keeps its data, and may write to it: two programs in one data directory destroy it.`,
      at: volume.node.nearest("persistentVolumeClaim", "claimName"),
      subject: other.resource,
      related: [{ message: "the database", at: resource.node.nearest("metadata", "name") }],
    });
  },
});

interface Use {
  readonly workload: Workload;
  readonly volume: Volume;
}

/** Which workloads that serve name which claims. */
const usesOf = oncePer((resources: ResourceIndex): ReadonlyMap<string, readonly Use[]> => {
  const found = new Map<string, Use[]>();
  for (const { workload, kind } of resources) {
    if (workload === undefined || kind === "Job" || kind === "CronJob" || kind === "Pod") continue;
    for (const volume of workload.volumes)
      if (volume.source === "claim" && volume.sourceName !== undefined)
        found.set(volume.sourceName, [...(found.get(volume.sourceName) ?? []), { workload, volume }]);
  }
  return found;
});

function mountingElsewhere(
  database: Database,
  data: Volume,
  { resources, topology }: Workspace,
): { readonly claim: string; readonly other: Workload; readonly volume: Volume } | undefined {
  const index = usesOf(resources);
  if (index.size === 0) return undefined;
  const prefix = data.source === "claim-template" ? `${data.name}-${database.resource.name}-` : undefined;
  const names =
    prefix === undefined ? [data.sourceName ?? ""] : [...claimsOf(database)].filter((name) => name.startsWith(prefix));
  const own = database.dataDirectory?.mount?.subPath;
  for (const claim of names)
    for (const { workload, volume } of index.get(claim) ?? []) {
      if (
        workload === database.workload ||
        (workload.replicas.value ?? 0) === 0 ||
        !namespacesAgree(workload.resource, database.resource)
      )
        continue;
      if (workload.resource.isUnsettled || topology.databaseOf(workload) !== undefined) continue;
      if (!mayWrite(volume.node.at("persistentVolumeClaim", "readOnly"))) continue;
      const mounts = workload.containers.flatMap((container) =>
        container.mounts.filter((mount) => mount.volume === volume && mayWrite(mount.node.at("readOnly"))),
      );
      if (mounts.some(({ subPath }) => subPath === own || subPath === undefined))
        return { claim, other: workload, volume };
    }
  return undefined;
}

/** Whether `readOnly` leaves the mount writable: one that is filled in later may be true. */
function mayWrite(readOnly: YamlNode | undefined): boolean {
  return readOnly?.boolean() !== true && !hasPlaceholder(readOnly?.text() ?? "");
}
