import { type Command, programOf } from "../../embedded/command.ts";
import { longestGap } from "../../kube/cron-gaps.ts";
import { readCron } from "../../kube/schedule-fault.ts";
import { type Fact, unknown } from "../../yaml/fact.ts";
import type { Backup } from "../model/backup.ts";
import { takenOnce } from "../model/backup-ledger.ts";

/** Variables with which images dump on a schedule of their own. */
const scheduleVariables = ["SCHEDULE", "BACKUP_SCHEDULE", "CRON_TIME", "BACKUP_CRON_EXPRESSION", "CRON_SCHEDULE"];

/** The longest time between two runs of a backup: what a restore may lose. */
export function scheduleGap({ resource, container, schedule, dialect, script, command }: Backup): Fact<number> {
  const at = schedule?.at ?? container?.node ?? resource.node.nearest("metadata", "name");
  const guard = script.find(asksTheDate);
  if (guard !== undefined) return unknown(guard, "its script looks at the date: it may skip runs");
  if (schedule !== undefined) return gapOf(schedule, dialect === "seconds-first");
  if (container === undefined || /^(?:Job|Pod)$/.test(resource.kind)) return unknown(at, takenOnce);
  const own = scheduleVariables.map((name) => container.environment.get(name)).find((fact) => fact !== undefined);
  if (own !== undefined) return gapOf(own, false);
  const sleep = command === undefined ? undefined : script.find(({ words }) => words[0]?.text === "sleep");
  const seconds = sleepSeconds(sleep?.words[1]?.text);
  return seconds === undefined || sleep === undefined
    ? unknown(at, command === undefined ? "its image decides when it runs" : "its script decides when it runs")
    : { value: seconds, at: sleep, origin: "written" };
}

/** `[ "$(date +%d)" = 01 ] || exit 0` */
function asksTheDate(command: Command): boolean {
  return (
    /^(?:\[|\[\[|test)$/.test(programOf(command)) &&
    command.words.some(({ raw }) => raw.includes("$(date") || raw.includes("`date"))
  );
}

function gapOf(schedule: Fact<string>, isSecondsFirst: boolean): Fact<number> {
  if (schedule.value === undefined) return schedule;
  const text = schedule.value.trim();
  const needsDay = isSecondsFirst && readCron(text, "seconds-first") !== undefined && text.split(/\s+/).length === 5;
  const seconds = longestGap(needsDay ? `${text} *` : text);
  return seconds === undefined ? unknown(schedule.at, "its schedule cannot be read") : { ...schedule, value: seconds };
}

/** `86400`, `24h`, `1d` as coreutils and busybox read them. */
function sleepSeconds(text: string | undefined): number | undefined {
  const match = /^(\d+)([smhd]?)$/.exec(text ?? "");
  const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
  return match === null ? undefined : Number(match[1]) * (units[match[2] || "s"] ?? 1);
}
