import { type DumpTarget, dumpDirectory, dumpTarget, expandedText } from "../../domain/backup/dump-directory.ts";
import { uploadsOf } from "../../domain/backup/uploads.ts";
import { otherUsersOf } from "../../domain/backup/volume-users.ts";
import { type Command, linesOf, programOf, writtenLine } from "../../embedded/command.ts";
import { retentionMarkers, uploadMarkers, versionedStore } from "../../facts/backup-tools.ts";
import { parseCron, runsPerDay } from "../../kube/cron.ts";
import { defineRule } from "../../rule/rule.ts";
import { directoryPath, fileName, isAnyIn, type Pattern } from "../../text/scan.ts";

export default defineRule({
  id: "backup-without-retention",
  subject: "backup",
  meta: {
    summary: "Dumps pile up on a volume: nothing deletes old ones.",
    rationale: "The volume fills after weeks or months. From then on every dump is truncated.",
    remedy:
      "Run `find /backups -name '*.dump' -mtime +14 -delete` after a successful dump, or use an object store with a lifecycle rule.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.postgresql.org/docs/current/backup-dump.html#BACKUP-DUMP-LARGE"],
    quietWhen: "the dump is uploaded, another workload clears the claim, or a script is not in view.",
  },
  check(backup, { workspace, report }) {
    const { container, schedule, command, resource, script } = backup;
    if (container === undefined || command === undefined || schedule === undefined || !container.commandsAreComplete)
      return;
    if (command.unreached !== undefined) return;
    const directory = dumpDirectory(command);
    const clears = (each: Command): boolean => isClearing(each, directory);
    if (uploadsOf(container, command).length > 0) return;
    if (container.workload.containers.some(({ commands }) => commands.some(clears))) return;
    const written = script.map((each) => each.writesTo?.raw ?? "").join(" ") + writtenLine(command);
    if (!/\$\(date|\$\{?\w*(DATE|TIME|STAMP|NOW|TODAY|FILE|date|file|stamp)/.test(written)) return; // one file, overwritten each time
    const mount = (directory === undefined ? container.mounts : [container.mountAt(directory)]).find(
      (each) =>
        each?.volume?.source === "claim" || each?.volume?.source === "nfs" || each?.volume?.source === "host-path",
    );
    if (mount === undefined) return;
    // A job of its own may tidy the claim up.
    const claim = mount.volume?.source === "claim" ? mount.volume : undefined;
    const others = claim?.sourceName === undefined ? [] : otherUsersOf(claim, resource, workspace);
    const isTidied = others.some(({ containers }) =>
      containers.some(({ commands }) => commands.some((other) => isClearing(other, undefined))),
    );
    if (isTidied) return;
    const cron = schedule.value === undefined ? undefined : parseCron(schedule.value);
    const often =
      cron === undefined ? "every run" : runsPerDay(cron) > 1 ? `${runsPerDay(cron)} times a day` : "every run";
    report({
      message: `Nothing deletes old dumps: ${often} another file goes to ${mount.volume?.sourceName ?? mount.name}, and once that is full, backups stop.`,
      remedy: remedyFor(dumpTarget(command), directory),
      at: command.words[0] ?? command,
      related: [{ message: "the volume", at: mount.node }],
    });
  },
});

/** The command with the files that are written; undefined: their directory or what their names end with is not known. */
function remedyFor(target: DumpTarget | undefined, directory: string | undefined): string | undefined {
  if (target === undefined || target.isDirectory || directory === undefined) return undefined;
  const where = directory.length > 1 && directory.endsWith("/") ? directory.slice(0, -1) : directory;
  const ending = /(?:\.[a-z]\w{0,7}){1,3}$/i.exec(fileName(target.path))?.[0];
  if (ending === undefined || !/^\/[\w./-]+$/.test(where)) return undefined;
  return `Run \`find ${where} -name '*${ending}' -mtime +14 -delete\` after a successful dump, or use an object store with a lifecycle rule.`;
}

const clearing: readonly Pattern[] = [...retentionMarkers, versionedStore, ...uploadMarkers];

/** Whether a command deletes old dumps, or carries them to a store that does; `rm` and `find` where they may look into the directory. */
function isClearing(command: Command, directory: string | undefined): boolean {
  const [line] = linesOf([command]);
  if (line === undefined || !isAnyIn(line, clearing)) return false;
  const program = programOf(command);
  if (directory === undefined || (program !== "rm" && program !== "find")) return true;
  const operands = command.words.slice(1).map(({ raw }) => expandedText(raw, command));
  const paths = program === "find" ? operands.slice(0, 1) : operands.filter((word) => !word.startsWith("-"));
  return !paths.every((path) => /^\/[\w./-]+/.test(path) && !path.startsWith("/$") && !isIn(path, directory));
}

/** Whether a path leads into a directory, or to one above it. */
function isIn(path: string, directory: string): boolean {
  const known = directoryPath(/^[^$*?`[{]*/.exec(path)?.[0] ?? "");
  return known === directory || known.startsWith(directoryPath(directory)) || directory.startsWith(known);
}
