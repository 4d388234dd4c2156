import { capital, leaving, leavingFrom, type Side } from "../../change/change.ts";
import { claimNames, withFate } from "../../change/claim-names.ts";
import { isUsedByDatabase } from "../../change/concerns.ts";
import { nameOf } from "../../domain/model/names.ts";
import { deletesClaims } from "../../domain/operators/deletion.ts";
import { storageClassOf, volumeOf } from "../../domain/storage/volumes.ts";
import { isKeptFromPruning } from "../../kube/pruning.ts";
import { defineRule } from "../../rule/rule.ts";
import { keyOf } from "../../yaml/node.ts";

export default defineRule({
  id: "data-deleted-by-change",
  subject: "change",
  meta: {
    summary: "Applying this change, and deleting what it takes out, deletes data.",
    rationale:
      "A StatefulSet that is scaled down or removed keeps its claims, unless its retention policy says Delete. A claim that is removed goes when someone prunes or deletes it, and with reclaim policy Delete so does its volume. Several operators delete the claims of a resource together with it.",
    remedy:
      "Take the change back until a backup has been restored once. To keep the volumes, set `persistentVolumeClaimRetentionPolicy` to Retain or the volumes' reclaim policy to Retain first, in a change of its own.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "folder",
    references: [
      "https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#persistentvolumeclaim-retention",
      "https://kubernetes.io/docs/concepts/storage/persistent-volumes/#reclaiming",
    ],
    quietWhen:
      "the data is declared a cache or ephemeral, the volume's reclaim policy is Retain, or an annotation keeps the object from being pruned.",
  },
  check(change, { report }) {
    const { before, after, isRenamed, claims } = change;
    if (isRenamed || before === undefined) return;
    const { resource, database } = before;
    if (database !== undefined && database.durability !== "durable") return;
    if (resource.annotations["dbops/data"] !== undefined) return;
    const deleted = withFate(claims, "deleted");
    const because = database?.operator === undefined ? undefined : deletesClaims(database);
    if (after !== undefined) {
      if (deleted.length === 0) return;
      const replicas = after.resource.node.nearest("spec", "replicas");
      report({
        verdict: "destroys-data",
        message: `Scaling ${nameOf(resource)} down deletes ${claimNames(deleted)} (whenScaled: Delete)${diskOf(resource.kind, before)}.`,
        at: replicas,
        related: [
          {
            message: "the policy",
            at: after.resource.node.nearest("spec", "persistentVolumeClaimRetentionPolicy", "whenScaled"),
          },
        ],
      });
      return;
    }
    if (isKeptFromPruning(resource)) return;
    const at = keyOf(resource.node.nearest("metadata", "name"));
    // Where another overlay has it, the one that is gone may have been another way to the same object.
    const severity = change.leftOut?.isShared === true ? ({ severity: "warning" } as const) : {};
    const removing = (says: string): string =>
      capital(leaving(change, `removing ${nameOf(resource)} deletes ${says}.`));
    if (because !== undefined) {
      report({
        verdict: "destroys-data",
        ...severity,
        message: removing(`its data (${because})`),
        remedy:
          "Take the change back until a backup has been restored once. To keep the volumes, set the reclaim policy of its PersistentVolumes to Retain before.",
        at,
        related: leavingFrom(change),
      });
      return;
    }
    if (deleted.length === 0) return;
    const disk = diskOf(resource.kind, before);
    if (resource.kind === "PersistentVolumeClaim") {
      if (reclaimOf(before) === "Retain") return;
      report({
        verdict: "destroys-data",
        severity: isUsedByDatabase(before) ? "error" : "warning",
        ...severity,
        message: removing(
          `its data${disk === "" ? " unless the reclaim policy of its volume is Retain (the class is not in view)" : disk}`,
        ),
        at,
        related: leavingFrom(change),
      });
      return;
    }
    report({
      verdict: "destroys-data",
      ...severity,
      message: removing(`${claimNames(deleted)} with it (whenDeleted: Delete)${disk}`),
      at,
      related: [
        {
          message: "the policy",
          at: resource.node.nearest("spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted"),
        },
        ...leavingFrom(change),
      ],
    });
  },
});

function claimSpecOf({ resource }: Side): ReturnType<Side["resource"]["node"]["at"]> {
  return resource.kind === "PersistentVolumeClaim"
    ? resource.node.at("spec")
    : resource.node.at("spec", "volumeClaimTemplates", 0, "spec");
}

function reclaimOf(side: Side): string | undefined {
  const spec = claimSpecOf(side);
  if (spec === undefined) return undefined;
  const { resources } = side.workspace.everything;
  const volume = volumeOf(spec, resources);
  if (volume !== undefined) return volume.node.string("spec", "persistentVolumeReclaimPolicy") ?? "Retain";
  const storageClass = storageClassOf(spec, resources);
  return storageClass === undefined ? undefined : (storageClass.node.string("reclaimPolicy") ?? "Delete");
}

/** What becomes of the disks. */
function diskOf(_kind: string, side: Side): string {
  const policy = reclaimOf(side);
  return policy === "Delete"
    ? ", and their disks go too (reclaimPolicy: Delete)"
    : policy === "Retain"
      ? "; their volumes stay (reclaimPolicy: Retain)"
      : "";
}
