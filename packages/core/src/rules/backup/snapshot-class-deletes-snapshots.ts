import { claimsOf } from "../../domain/backup/read-backups.ts";
import { count, nameOf } from "../../domain/model/names.ts";
import { namespacesAgree } from "../../kube/namespace.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "snapshot-class-deletes-snapshots",
  subject: "resource",
  kinds: ["VolumeSnapshotClass"],
  meta: {
    summary: "A database's snapshot is deleted on the storage with its object.",
    rationale:
      "With `deletionPolicy: Delete` the driver deletes the snapshot when the VolumeSnapshot goes, which a deleted namespace or a pruned file takes along: the copy goes with what it was taken of.",
    remedy: "Use a class with `deletionPolicy: Retain` for snapshots that have to outlive the namespace.",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/storage/volume-snapshot-classes/#deletionpolicy"],
    quietWhen: "no VolumeSnapshot of a database in view uses the class.",
  },
  check(resource, { workspace, report }) {
    const policy = resource.node.at("deletionPolicy");
    if (policy?.text() !== "Delete") return;
    const { resources, topology } = workspace;
    const users = resources.ofKind("VolumeSnapshot").filter((snapshot) => {
      const claim = snapshot.node.text("spec", "source", "persistentVolumeClaimName") ?? "";
      return (
        snapshot.node.text("spec", "volumeSnapshotClassName") === resource.name &&
        topology.databases.some(
          (database) => namespacesAgree(database.resource, snapshot) && claimsOf(database).has(claim),
        )
      );
    });
    const [first] = users;
    if (first === undefined) return;
    const whose = users.length === 1 ? nameOf(first) : count(users.length, "VolumeSnapshot");
    report({
      message: `Class ${resource.name} deletes the snapshot on the storage when ${whose} or its namespace is deleted (deletionPolicy: Delete).`,
      at: policy,
      related: users.slice(0, 3).map((each) => ({ message: nameOf(each), at: each.node.nearest("metadata", "name") })),
    });
  },
});
