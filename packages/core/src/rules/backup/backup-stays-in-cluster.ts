import { dumpDirectory } from "../../domain/backup/dump-directory.ts";
import { uploadsOf } from "../../domain/backup/uploads.ts";
import { isVolumeUsedElsewhere } from "../../domain/backup/volume-users.ts";
import { nameOf } from "../../domain/model/names.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "backup-stays-in-cluster",
  subject: "backup",
  meta: {
    summary: "Dumps are kept on a claim or a node of the same cluster as the database.",
    rationale:
      "A second claim helps against a dropped table. It is lost with the namespace, the storage system, the zone or the cluster, and anyone who may delete claims can delete it.",
    remedy: "Copy each dump to an object store in another account or region, in the same script.",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "folder",
    references: [
      "https://cloudnative-pg.io/documentation/current/backup/#object-stores-or-volume-snapshots-which-one-to-use",
      "https://about.gitlab.com/blog/gitlab-dot-com-database-incident/",
    ],
    quietWhen:
      "a program that uploads runs in the same Pod, another workload or snapshot uses the volume, a claim is not in view or its class is a bucket or a file share, or a script is not in view.",
  },
  check({ command, container, method, resource }, { workspace, report }) {
    if (command === undefined || container === undefined || !container.commandsAreComplete) return;
    if (command.unreached !== undefined) return;
    if (uploadsOf(container, command).length > 0) return;
    const directory = dumpDirectory(command);
    const mount = directory === undefined ? undefined : container.mountAt(directory);
    const volume = mount?.volume;
    const name = volume?.sourceName;
    if (mount === undefined || name === undefined || (volume?.source !== "claim" && volume?.source !== "host-path"))
      return;
    if (hasPlaceholder(name)) return;
    if (volume.source === "claim" && mayBeShared(name, resource, workspace.everything.resources)) return;
    if (isVolumeUsedElsewhere(volume, resource, workspace)) return;
    const { podSpec } = container.workload;
    const isPinned = podSpec.at("nodeName") !== undefined || podSpec.at("nodeSelector") !== undefined;
    const isOnNode = volume.source === "host-path";
    const where = isOnNode ? `in ${name} of ${isPinned ? "its node" : "the node it runs on"}` : `on claim ${name}`;
    const loss = !isOnNode
      ? "losing the cluster or its storage loses the backup too"
      : `losing that node loses the backup${isPinned ? "" : ", and each run can land on another node"}`;
    report({
      message: `${nameOf(resource)} keeps its ${method === "wal-archive" ? "WAL" : "dumps"} only ${where}: ${loss}.`,
      at: isOnNode
        ? volume.node.nearest("hostPath", "path")
        : volume.node.nearest("persistentVolumeClaim", "claimName"),
      related: [{ message: method === "wal-archive" ? "the stream" : "the dump", at: command.words[0] ?? command }],
    });
  },
});

/** Of a claim that is not in view nobody knows what holds it: it may be a bucket or a file share elsewhere. */
function mayBeShared(claim: string, from: Resource, resources: ResourceIndex): boolean {
  const owner = resources.find("PersistentVolumeClaim", claim, from);
  const storageClass = owner?.node.string("spec", "storageClassName") ?? "";
  return owner === undefined || /s3|gcs|bucket|blob|rclone|nfs|smb/i.test(storageClass);
}
