import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "cnpg-snapshots-deleted-with-cluster",
  subject: "database",
  operator: "cloudnative-pg",
  meta: {
    summary: "Deleting the Cluster deletes its volume snapshots, on the storage too.",
    rationale:
      "With `snapshotOwnerReference: cluster` Kubernetes deletes the snapshots with the Cluster or its namespace, and with `deletionPolicy: Delete` the driver deletes them on the storage: the backup goes with what it protects.",
    remedy: "Set `snapshotOwnerReference: none`, and `deletionPolicy: Retain` in the VolumeSnapshotClass.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://cloudnative-pg.io/documentation/current/appendixes/backup_volumesnapshot/"],
    quietWhen: "the class retains, or is not in view.",
  },
  check({ resource }, { workspace, report }) {
    const snapshots = resource.node.at("spec", "backup", "volumeSnapshot");
    const owner = snapshots?.at("snapshotOwnerReference");
    if (snapshots === undefined || owner?.text() !== "cluster") return;
    const name = snapshots.text("className");
    const found = workspace.everything.resources.ofKind("VolumeSnapshotClass").find((each) => each.name === name);
    if (found?.node.text("deletionPolicy") !== "Delete") return;
    report({
      message: `Deleting ${nameOf(resource)} or its namespace deletes its backups too: the Cluster owns its snapshots, and class ${found.name} deletes them on the storage.`,
      at: owner,
      related: [{ message: "the class", at: found.node.nearest("deletionPolicy") }],
    });
  },
});
