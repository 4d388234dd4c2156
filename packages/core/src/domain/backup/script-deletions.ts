import { isKeptFromPruning } from "../../kube/pruning.ts";
import type { Resource } from "../../kube/resource.ts";
import { keyOf, type YamlNode } from "../../yaml/node.ts";
import type { Backup } from "../model/backup.ts";
import type { BackupDeletion } from "../model/backup-terms.ts";
import type { Workspace } from "../model/workspace.ts";
import { storageClassOf } from "../storage/volumes.ts";
import { appliedFolder, appliersOf, pruneOf } from "../workspace/gitops.ts";

/** What deletes the claim of a dump and its disk, and what deletes a snapshot on the storage. */
export function deletionsOf(
  { container, resource, terms }: Backup,
  everything: Workspace["everything"],
): readonly BackupDeletion[] {
  const { resources } = everything;
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
    if (claim === undefined || policy !== "Delete") return [];
    const prune = prunedBy(claim, everything);
    const pruned =
      prune === undefined
        ? []
        : [
            {
              text: `${prune.by} deletes claim ${claim.name} when its file leaves ${prune.folder} (prune)`,
              at: prune.at,
            },
          ];
    if (storageClass === undefined) return pruned;
    return [
      ...pruned,
      {
        text: `deleting claim ${claim.name} or its namespace deletes its disk (class ${storageClass.name}: reclaimPolicy Delete)`,
        at: keyOf(storageClass.node.nearest("reclaimPolicy")),
      },
    ];
  });
  return [...(terms?.deletions ?? []), ...ofClaims];
}

/** The GitOps tool that deletes an object which has left its folder. */
function prunedBy(
  claim: Resource,
  everything: Workspace["everything"],
): { readonly by: string; readonly folder: string; readonly at: YamlNode } | undefined {
  if (isKeptFromPruning(claim)) return undefined;
  for (const applier of appliersOf(claim, { everything })) {
    const at = pruneOf(applier);
    const folder = appliedFolder(applier);
    if (at !== undefined && folder !== undefined)
      return { by: applier.kind === "Application" ? "Argo CD" : "Flux", folder, at };
  }
  return undefined;
}
