import { nameOf } from "../../domain/model/names.ts";
import { claimOf } from "../../domain/workspace/conditions.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "block-volume-mounted",
  subject: "database",
  meta: {
    summary: "A raw block device is mounted as if it had a file system.",
    rationale:
      "A claim with `volumeMode: Block` is a device without a file system: with `volumeMounts` the Pod stays in ContainerCreating (`volume … has volumeMode Block, but is specified in volumeMounts`).",
    remedy: "Remove `volumeMode: Block` from a new claim; an existing claim's mode cannot change.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/storage/persistent-volumes/#raw-block-volume-support"],
  },
  check(database, { workspace, report }) {
    const { workload, container, resource } = database;
    if (workload === undefined || container === undefined) return;
    for (const mount of container.mounts) {
      const mode = claimOf(workload, mount.name, workspace.resources)?.spec.at("volumeMode");
      if (mode?.value !== "Block") continue;
      report({
        message: `${nameOf(resource)} never starts: volume ${mount.name} is a raw device (volumeMode Block) but is mounted at ${mount.mountPath} like a file system.`,
        at: mode,
        related: [{ message: "the mount", at: mount.node.nearest("mountPath") }],
      });
    }
  },
});
