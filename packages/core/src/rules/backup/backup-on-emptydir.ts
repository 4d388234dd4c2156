import { dumpDirectory, dumpTarget, expandedText } from "../../domain/backup/dump-directory.ts";
import { uploadsOf } from "../../domain/backup/uploads.ts";
import { type Command, linesOf, programOf } from "../../embedded/command.ts";
import type { Container } from "../../kube/container.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { defineRule } from "../../rule/rule.ts";
import { directoryPath } from "../../text/scan.ts";

export default defineRule({
  id: "backup-on-emptydir",
  subject: "backup",
  meta: {
    summary: "A dump is written to an emptyDir, or to no volume at all, and never leaves the Pod.",
    rationale:
      "An emptyDir and the container's own files are deleted with the Pod: the job succeeds every night and there is no backup. A directory that the image does not have ends the script instead: `can't create /backup/orders.sql: nonexistent directory`.",
    remedy: "Upload the dump in the same script, or write it to a claim or bucket.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/storage/volumes/#emptydir"],
    quietWhen:
      "another container, or any program that may upload, runs in the Pod, or a script without a volume copies or moves files.",
  },
  check({ container, resource, command, method }, { report }) {
    if (
      container === undefined ||
      command === undefined ||
      (method !== "dump" && method !== "physical") ||
      resource.kind !== "CronJob"
    )
      return;
    // Clients of every kind may carry it away; only a script that is understood and does nothing else is judged.
    const all = container.workload.containers.flatMap((each) => each.commands);
    if (!container.commandsAreComplete || uploadsOf(container, command).length > 0 || all.some(mayUpload)) return;
    if (container.workload.containers.some((each) => each.role !== "init" && each !== container)) return;
    if (command.unreached !== undefined) return;
    const target = dumpDirectory(command);
    if (target === undefined) return;
    const mount = container.mountAt(target);
    if (mount === undefined) {
      if (isDevice(target) || container.mounts.some(({ mountPath }) => mayHold(mountPath, target))) return;
      if (container.commands.some((each) => carriers.test(programOf(each)) || packsIntoMount(each, container))) return;
      report({
        message: `The dump goes to ${target}, where no volume is mounted, and nothing uploads it: it is deleted with the Pod, minutes after it was written.`,
        at: dumpTarget(command)?.at ?? command.words[0] ?? command,
      });
      return;
    }
    if (mount.volume?.source !== "empty-dir" && mount.volume?.source !== "memory") return;
    report({
      message: `The dump goes to emptyDir ${mount.name} and nothing uploads it: it is deleted with the Pod, minutes after it was written.`,
      at: mount.volume.node.nearest("emptyDir"),
      point: "key",
      related: [{ message: "the dump", at: command.words[0] ?? command }],
    });
  },
});

/** A path that is filled in later, or one below the directory: the dump may lie there. */
function mayHold(mountPath: string, directory: string): boolean {
  return (
    hasPlaceholder(mountPath) || !mountPath.startsWith("/") || mountPath.startsWith(`${directoryPath(directory)}/`)
  );
}

/** Programs that put what was dumped somewhere else: into a volume, another server or a letter. */
const carriers =
  /^(?:cp|mv|install|dd|cat|tee|git|mail|mutt|sendmail|psql|pg_restore|mysql|mariadb|mongorestore|redis-cli)$/;

const packers = /^(?:tar|zip|7z|7za|gzip|pigz|zstd|xz|bzip2|gpg|openssl|age|rsync)$/;

/** `tar cz /scratch > /backups/orders.tgz` */
function packsIntoMount(command: Command, { mounts }: Container): boolean {
  if (!packers.test(programOf(command))) return false;
  const words = [...command.words.slice(1), ...(command.writesTo === undefined ? [] : [command.writesTo])];
  return words.some(({ raw }) => {
    const path = expandedText(raw, command);
    return mounts.some(({ mountPath }) => path.startsWith(`${mountPath}/`));
  });
}

/** What is written there goes to the log, to another program or nowhere. */
function isDevice(directory: string): boolean {
  return /^\/(?:dev|proc)(?:\/|$)/.test(directory);
}

/** A program of somebody's own, or one that does what it is told: by its name. `curl` uploads only where it sends something. */
function mayUpload(command: Command): boolean {
  const program = programOf(command);
  const line = linesOf([command])[0] ?? "";
  if (program === "curl") return /\s(?:-T|-F|-d|--upload-file|--form|--data\S*)\b/.test(line);
  if (/^(?:timeout|nice|ionice|sudo|su|env|bash|sh|exec|time|xargs)$/.test(program)) return uploader.test(line);
  return /^(?:python3?|node|java|aws|kubectl)$|upload|push|send|copy|sync|put/.test(program);
}

const uploader = /\b(?:python3?|node|java|upload|push|send|copy|sync|put|curl|wget|aws|kubectl)\b/;
