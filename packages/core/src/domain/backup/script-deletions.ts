import type { ResourceIndex } from "../../kube/resource-index.ts";
import { keyOf } from "../../yaml/node.ts";
import type { Backup } from "../model/backup.ts";
import type { BackupDeletion } from "../model/backup-terms.ts";
import { storageClassOf } from "../storage/volumes.ts";

/** What deletes the claim of a dump and its disk, and what deletes a snapshot on the storage. */
export function deletionsOf(
  { container, resource, terms }: Backup,
  resources: ResourceIndex,
): readonly BackupDeletion[] {
  if (resource.kind === "VolumeSnapshot") {
    const name = resource.node.text("spec", "volumeSnapshotClassName");
    const found = resources.ofKind("VolumeSnapshotClass").find((each) => each.name === name);
    return found?.node.text("deletionPolicy") === "Delete"
      ? [
          {
            text: `deleting VolumeSnapshot ${resource.name} or its namespace deletes it on the storage (class ${found.name}: deletionPolicy Delete)`,
            at: found.node.nearest("deletionPolicy"),
          },
        ]
      : [];
  }
  const claims = (container?.workload.volumes ?? []).flatMap(({ source, sourceName }) =>
    source === "claim" && sourceName !== undefined
      ? [resources.find("PersistentVolumeClaim", sourceName, resource)]
      : [],
  );
  const ofClaims = claims.flatMap((claim): readonly BackupDeletion[] => {
    const spec = claim?.node.at("spec");
    const storageClass = spec && storageClassOf(spec, resources);
    const policy = storageClass?.node.string("reclaimPolicy") ?? "Delete";
    if (claim === undefined || storageClass === undefined || policy !== "Delete") return [];
    return [
      {
        text: `deleting claim ${claim.name} or its namespace deletes its disk (class ${storageClass.name}: reclaimPolicy Delete)`,
        at: keyOf(storageClass.node.nearest("reclaimPolicy")),
      },
    ];
  });
  return [...(terms?.deletions ?? []), ...ofClaims];
}
