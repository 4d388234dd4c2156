import { count, shortName } from "../../domain/model/names.ts";
import { storageClassOf } from "../../domain/storage/volumes.ts";
import { refuseSpec } from "../../rule/admission.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { setValue } from "../../yaml/edit.ts";

export default defineRule({
  id: "claims-deleted-with-statefulset",
  subject: "database",
  meta: {
    summary: "The retention policy of a database's StatefulSet deletes claims.",
    rationale:
      "`persistentVolumeClaimRetentionPolicy` with `Delete` removes the claims when the StatefulSet is deleted (`whenDeleted`) or scaled down (`whenScaled`). With the usual reclaim policy the disks are deleted too.",
    remedy: "Set the policy to `Retain`, which is also the default. It takes effect at once, without a restart.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "safe",
    needs: "file",
    admission: refuseSpec(
      ["apps/v1/statefulsets"],
      "size(variables.servers) > 0 && has(object.spec.volumeClaimTemplates) && has(object.spec.persistentVolumeClaimRetentionPolicy) && (object.spec.persistentVolumeClaimRetentionPolicy.whenDeleted == 'Delete' || object.spec.persistentVolumeClaimRetentionPolicy.whenScaled == 'Delete')",
    ),
    references: [
      "https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#persistentvolumeclaim-retention",
    ],
    quietWhen: "the data is declared a cache or ephemeral.",
  },
  check({ resource, workload, instances, durability }, { workspace, report }) {
    if (resource.kind !== "StatefulSet" || workload === undefined || durability !== "durable") return;
    const claims = workload.volumes.filter((volume) => volume.source === "claim-template");
    if (claims.length === 0) return;
    const spec = claims[0]?.claimSpec;
    const storageClass = spec === undefined ? undefined : storageClassOf(spec, workspace.everything.resources);
    const reclaim = storageClass?.node.string("reclaimPolicy") ?? (storageClass === undefined ? undefined : "Delete");
    const disks =
      storageClass !== undefined && reclaim === "Delete"
        ? `, and class ${storageClass.name} deletes their disks (reclaimPolicy: Delete)`
        : "";
    for (const [field, doing] of [
      ["whenDeleted", "Deleting"],
      ["whenScaled", "Scaling down"],
    ] as const) {
      const node = resource.node.at("spec", "persistentVolumeClaimRetentionPolicy", field);
      if (node?.string() !== "Delete") continue;
      const number =
        instances.value === undefined
          ? "its claims"
          : field === "whenDeleted"
            ? `its ${count(instances.value * claims.length, "claim")}`
            : "the claims of the removed Pods";
      report({
        message: `${doing} StatefulSet ${shortName(resource)} also deletes ${number} (${field}: Delete)${disks}.`,
        at: node,
        ...(storageClass === undefined
          ? {}
          : { related: [{ message: `class ${storageClass.name}`, at: storageClass.node.nearest("reclaimPolicy") }] }),
        fixes: [
          editFix({
            title: `Set ${field} to Retain`,
            safety: "safe",
            consequence: "Claims stay when the object is deleted.",
            edits: setValue(node, "Retain"),
          }),
        ],
      });
    }
  },
});
