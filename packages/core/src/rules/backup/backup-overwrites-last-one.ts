import { dumpTarget } from "../../domain/backup/dump-directory.ts";
import { uploadTarget, withVariables } from "../../domain/backup/upload-target.ts";
import { runnerOf, uploadsOf } from "../../domain/backup/uploads.ts";
import { isVolumeUsedElsewhere } from "../../domain/backup/volume-users.ts";
import { nameOf } from "../../domain/model/names.ts";
import { type Command, linesOf } from "../../embedded/command.ts";
import { versionedStore } from "../../facts/backup-tools.ts";
import type { Container } from "../../kube/container.ts";
import { defineRule } from "../../rule/rule.ts";
import type { Place } from "../../yaml/node.ts";

export default defineRule({
  id: "backup-overwrites-last-one",
  subject: "backup",
  meta: {
    summary: "Every run writes its dump under the same name.",
    rationale:
      "There is one backup, as old as the last run. What is deleted by mistake today is missing in tonight's dump, and a broken dump replaces the good one.",
    remedy: "Put the date into the name (`orders-$(date +%F).dump`), and delete what is older than you need.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "folder",
    references: ["https://www.postgresql.org/docs/current/backup-dump.html"],
    quietWhen:
      "a part of the name is not known, the script moves or packs the dump, the tool keeps versions, or something else reads the volume.",
  },
  check({ command, container, method, resource }, { workspace, report }) {
    if (resource.kind !== "CronJob" || method !== "dump" || command === undefined || container === undefined) return;
    const { containers } = container.workload;
    if (command.isConditional || command.unreached !== undefined || !containers.every(isInView)) return;
    const lines = linesOf(containers.flatMap((each) => each.commands));
    if (lines.some((line) => keepsMore.test(line) || versionedStore.test(line))) return;
    const uploads = uploadsOf(container, command);
    const others = containers.filter((each) => each !== container && each.role !== "init");
    if (others.length > 0) return;
    const written = uploads.length > 0 ? uploaded(uploads, container) : kept(command, container);
    if (written === undefined) return;
    const volume = written.isObject ? undefined : container.mountAt(written.name)?.volume;
    if (!written.isObject) {
      if (volume === undefined || !/^(?:claim|nfs|host-path)$/.test(volume.source)) return;
      if (isVolumeUsedElsewhere(volume, resource, workspace)) return;
    }
    report({
      message: `Each run of ${nameOf(resource)} replaces ${written.name}: ${written.isObject ? "unless the bucket keeps versions, " : ""}there is one backup, and a broken or incomplete one takes its place.`,
      at: written.at,
      related: [{ message: "the dump", at: command.words[0] ?? command }],
    });
  },
});

/** What it runs is known: an image's own entrypoint may put the last dump aside. */
function isInView({ commands, commandsAreComplete }: Container): boolean {
  return commandsAreComplete && commands.length > 0;
}

/** What gives each run a name of its own, or keeps the one before. */
const keepsMore = /^(?:mv|cp|tar|zip|ln|rsync|savelog|logrotate|cd|pushd|git|split)\b|versioning|version-id/;

interface Written {
  readonly name: string;
  readonly at: Place;
  readonly isObject: boolean;
}

/** The only object that is uploaded; undefined where a name is not known or there are several. */
function uploaded(uploads: readonly Command[], container: Container): Written | undefined {
  const [first, ...more] = uploads;
  const name = first && uploadTarget(first, runnerOf(first, container));
  if (first === undefined || more.length > 0 || name === undefined || first.isConditional || !isKnown(name))
    return undefined;
  return { name, at: first.words.at(-1) ?? first, isObject: true };
}

function kept(command: Command, container: Container): Written | undefined {
  const target = dumpTarget(command);
  const name = target && withVariables(target.path, container);
  if (target === undefined || name === undefined || target.isDirectory || !name.startsWith("/") || !isKnown(name))
    return undefined;
  return { name, at: target.at, isObject: false };
}

function isKnown(name: string): boolean {
  return /^[\w./:@=-]+$/.test(name) && !name.endsWith("/") && name !== "-";
}
