import { dumpDirectory } from "../../domain/backup/dump-directory.ts";
import { nameOf } from "../../domain/model/names.ts";
import { writtenLine } from "../../embedded/command.ts";
import { uploadMarkers } from "../../facts/backup-tools.ts";
import { defineRule } from "../../rule/rule.ts";
import { isAnyIn } from "../../text/scan.ts";

export default defineRule({
  id: "backup-stays-in-cluster",
  subject: "backup",
  meta: {
    summary: "Dumps are kept on a claim in the same cluster as the database.",
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
      "a program that uploads runs in the same Pod, another workload or snapshot uses the claim, the claim is not in view or its class is a bucket or a file share, or a script is not in view.",
  },
  check({ command, container, resource }, { workspace, report }) {
    if (command === undefined || container === undefined || !container.commandsAreComplete) return;
    const lines = container.workload.containers.flatMap((each) => each.commands).map(writtenLine);
    if (lines.some((line) => isAnyIn(line, uploadMarkers))) return;
    const directory = dumpDirectory(command);
    const mount = directory === undefined ? undefined : container.mountAt(directory);
    const claim = mount?.volume?.source === "claim" ? mount.volume.sourceName : undefined;
    if (mount === undefined || claim === undefined) return;
    const { resources } = workspace.everything;
    // Of a claim that is not in view nobody knows what holds it: it may be a bucket or a file share elsewhere.
    const owner = resources.ofKind("PersistentVolumeClaim").find(({ name }) => name === claim);
    if (
      owner === undefined ||
      /s3|gcs|bucket|blob|rclone|nfs|smb/i.test(owner.node.string("spec", "storageClassName") ?? "")
    )
      return;
    const isUsedElsewhere =
      [...resources].some(
        ({ workload }) =>
          workload !== undefined &&
          // The same object in another environment is no second user.
          (workload.resource.kind !== resource.kind || workload.resource.name !== resource.name) &&
          workload.volumes.some((volume) => volume.source === "claim" && volume.sourceName === claim),
      ) ||
      resources
        .ofKind("VolumeSnapshot")
        .some((each) => each.node.string("spec", "source", "persistentVolumeClaimName") === claim) ||
      resources.ofKind("Schedule").length > 0;
    if (isUsedElsewhere) return;
    report({
      message: `${nameOf(resource)} keeps its dumps only on claim ${claim}: losing the cluster or its storage loses the backup too.`,
      at: mount.volume?.node.nearest("persistentVolumeClaim", "claimName") ?? mount.node,
      related: [{ message: "the dump", at: command.words[0] ?? command }],
    });
  },
});
