import { type Command, linesOf, programOf } from "../../embedded/command.ts";
import { uploadMarkers, versionedStore } from "../../facts/backup-tools.ts";
import { isAnyIn } from "../../text/scan.ts";
import { byDefault, type Fact, known, unknown } from "../../yaml/fact.ts";
import { keyOf } from "../../yaml/node.ts";
import type { Backup } from "../model/backup.ts";
import type { Retention } from "../model/backup-terms.ts";
import { expandedText, finalTarget } from "./dump-directory.ts";
import { uploadTarget, withVariables } from "./upload-target.ts";
import { runnerOf, uploadsOf } from "./uploads.ts";

const day = 86_400;

/** Variables of backup images that say for how many days a dump stays. */
const dayVariables = [
  "BACKUP_KEEP_DAYS",
  "RETENTION_DAYS",
  "BACKUP_RETENTION_DAYS",
  "KEEP_DAYS",
  "DELETE_OLDER_THAN_DAYS",
];

/** How long the dumps of a script or a backup image stay, by what deletes them. */
export function scriptRetention({ container, command, script, resource }: Backup): Fact<Retention> {
  if (container === undefined) return unknown(resource.node.nearest("spec"), "nothing in view says it");
  const kept = dayVariables.map((name) => container.environment.get(name)).find((fact) => fact !== undefined);
  const all = container.workload.containers.flatMap(({ commands }) => commands);
  const deleting = all
    .map((each) => ageOf(each, withText(each, runnerOf(each, container))))
    .find((found) => found !== undefined);
  if (deleting !== undefined) return deleting;
  if (kept?.value !== undefined && /^\d+$/.test(kept.value))
    return known({ kind: "time", seconds: Number(kept.value) * day }, kept.at);
  const at = command?.words[0] ?? keyOf(container.node);
  if (command === undefined) return unknown(at, "its image decides it");
  const lines = linesOf(all);
  if (lines.some((line) => versionedStore.test(line))) return unknown(at, "the tool's own retention is not in view");
  if (!container.commandsAreComplete) return unknown(at, "a script is not in view");
  if (overwrites({ container, command, script })) return known({ kind: "copies", copies: 1 }, at);
  if (
    lines.some((line) => /\b(?:rm|find|unlink|rmdir|pg_archivecleanup|delete-objects?|deletefile|purge)\b/.test(line))
  )
    return unknown(at, "what its script deletes is not known");
  if (lines.some((line) => isAnyIn(line, uploadMarkers)))
    return unknown(at, "the bucket's own lifecycle is not in view");
  return byDefault({ kind: "all" }, at);
}

/** Every run writes the same name. */
function overwrites({ container, command }: Required<Pick<Backup, "container" | "command" | "script">>): boolean {
  if (container === undefined || command === undefined) return false;
  const uploads = uploadsOf(container, command);
  const [upload] = uploads;
  const target = finalTarget(command, container.commands);
  const name =
    upload === undefined
      ? target && !target.isDirectory
        ? withVariables(target.path, container)
        : undefined
      : uploadTarget(upload, runnerOf(upload, container));
  return uploads.length < 2 && name !== undefined && /^[\w./:@=-]+$/.test(name) && !name.endsWith("/") && name !== "-";
}

function withText(command: Command, container: NonNullable<Backup["container"]>): readonly string[] {
  return command.words.map(({ raw }) => withVariables(expandedText(raw, command), container));
}

/** What one command keeps: `find … -mtime +14 -delete`, `tail -n +8` in front of rm, `restic forget --keep-daily 7`. */
function ageOf(command: Command, words: readonly string[]): Fact<Retention> | undefined {
  const program = programOf(command);
  const at = command.words[0] ?? command;
  const after = (option: string): number | undefined => {
    const value = words[words.indexOf(option) + 1] ?? "";
    return words.includes(option) && /^\+?\d+$/.test(value) ? Number(value) : undefined;
  };
  if (program === "find") {
    if (!words.some((word) => /^-(?:delete|exec)$/.test(word)) && command.feeds === undefined) return undefined;
    const days = after("-mtime");
    const minutes = after("-mmin");
    const seconds = days === undefined ? (minutes === undefined ? undefined : minutes * 60) : days * day;
    return seconds === undefined
      ? words.some((word) => /^-m(?:time|min)$/.test(word))
        ? unknown(at, "the age in its find is known only when it runs")
        : undefined
      : known({ kind: "time", seconds }, at);
  }
  if (program === "tail" && command.feeds !== undefined) {
    const from = after("-n") ?? Number(/^-n\+(\d+)$/.exec(words.find((word) => word.startsWith("-n+")) ?? "")?.[1]);
    return Number.isInteger(from) && from > 1 ? known({ kind: "copies", copies: from - 1 }, at) : undefined;
  }
  if (program === "head" && command.feeds !== undefined) {
    const spared = Number(/^-(\d+)$/.exec(words[words.indexOf("-n") + 1] ?? "")?.[1]);
    return words.includes("-n") && Number.isInteger(spared) ? known({ kind: "copies", copies: spared }, at) : undefined;
  }
  return program === "restic" && words.includes("forget") ? resticAge(words, at) : undefined;
}

function resticAge(words: readonly string[], at: Command["words"][number] | Command): Fact<Retention> | undefined {
  const periods: readonly (readonly [string, number])[] = [
    ["--keep-hourly", 3600],
    ["--keep-daily", day],
    ["--keep-weekly", 7 * day],
    ["--keep-monthly", 30 * day],
    ["--keep-yearly", 365 * day],
  ];
  const counts = periods.flatMap(([option, period]) =>
    words.flatMap((word, index) => {
      const text =
        word === option ? words[index + 1] : word.startsWith(`${option}=`) ? word.slice(option.length + 1) : "";
      return /^\d+$/.test(text ?? "") ? [Number(text) * period] : [];
    }),
  );
  return counts.length === 0
    ? unknown(at, "what restic keeps is known only when it runs")
    : known({ kind: "time", seconds: Math.max(...counts) }, at);
}
