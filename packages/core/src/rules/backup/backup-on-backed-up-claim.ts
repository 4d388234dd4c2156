import { dumpDirectory } from "../../domain/backup/dump-directory.ts";
import { claimsOf } from "../../domain/backup/read-backups.ts";
import { uploadsOf } from "../../domain/backup/uploads.ts";
import { nameOf } from "../../domain/model/names.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "backup-on-backed-up-claim",
  subject: "backup",
  meta: {
    summary: "The backup is written to the claim that it backs up.",
    rationale: "A lost disk, a deleted claim or a full volume takes data and backup together.",
    remedy: "Write to an object store, or at least to a claim on other storage.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.postgresql.org/docs/current/backup.html"],
    quietWhen: "the script uploads the result, or writes to another directory.",
  },
  check(backup, { report }) {
    const { command, container, databases } = backup;
    if (container === undefined || (backup.method !== "dump" && backup.method !== "physical")) return;
    if (uploadsOf(container, command).length > 0) return;
    // xtrabackup mounts the data to read it: where the directory is known, its mount decides.
    const directory = command === undefined ? undefined : dumpDirectory(command);
    for (const mount of directory === undefined ? container.mounts : [container.mountAt(directory)]) {
      if (
        mount?.volume?.source !== "claim" ||
        mount.volume.sourceName === undefined ||
        mount.isReadOnly ||
        hasPlaceholder(mount.node.text("readOnly") ?? "")
      )
        continue;
      const database = databases.find((each) => claimsOf(each).has(mount.volume?.sourceName ?? ""));
      if (database === undefined) continue;
      // Which claim has the data is then said later, too.
      if (database.container?.mounts.some(({ mountPath }) => hasPlaceholder(mountPath)) === true) continue;
      report({
        message: `The backup of ${nameOf(database.resource)} is written to ${mount.volume.sourceName}, the claim it backs up: what destroys the data destroys the backup.`,
        at: mount.volume.node.nearest("persistentVolumeClaim", "claimName"),
        related: [{ message: "the database", at: database.resource.node.nearest("metadata", "name") }],
      });
    }
  },
});
