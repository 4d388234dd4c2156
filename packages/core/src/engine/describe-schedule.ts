import { dialectOf } from "../domain/backup/backup-fault.ts";
import type { Topology } from "../domain/model/topology.ts";
import { type Cron, parseCron } from "../kube/cron.ts";
import { cronInWords, nextRuns } from "../kube/cron-words.ts";
import { readCron } from "../kube/schedule-fault.ts";
import type { YamlNode } from "../yaml/node.ts";

/** When a schedule runs, read as its controller or operator reads it; undefined: it is not one that can be read. `now`: ISO time. */
export function describeSchedule(
  topology: Topology,
  root: YamlNode,
  node: YamlNode,
  now: string,
): { readonly words: string; readonly markdown: string } | undefined {
  const text = node.string();
  const backup = topology.backups.find(
    ({ schedule }) => schedule?.at.file === node.file && schedule.at.span.start === node.span.start,
  );
  const read = (written: string): Cron | undefined =>
    backup === undefined ? parseCron(written) : readCron(written, dialectOf(backup));
  const cron = text === undefined ? undefined : read(text);
  if (text === undefined || cron === undefined) return undefined;
  const zone = /^(?:CRON_)?TZ=(\S+)/.exec(text.trim())?.[1] ?? root.text(...node.yamlPath.slice(0, -1), "timeZone");
  const runs = nextRuns(cron, wallClock(now, zone), 3).map(runText);
  const next = runs.length === 0 ? "It never runs again" : `Next: ${runs.join(", ")}`;
  const words = cronInWords(cron);
  return {
    words,
    markdown: `Runs ${words}  \n${next} (${zone ?? "UTC unless the cluster says otherwise"})`,
  };
}

/** The wall clock of a time zone in a Date's UTC fields; UTC where the zone is not known here. */
function wallClock(now: string, zone: string | undefined): Date {
  const time = new Date(now);
  try {
    const parts = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone ?? "UTC",
      dateStyle: "short",
      timeStyle: "medium",
    }).formatToParts(time);
    const read = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
    return new Date(
      Date.UTC(read("year"), read("month") - 1, read("day"), read("hour"), read("minute"), read("second")),
    );
  } catch {
    return time;
  }
}

const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

function runText(run: Date): string {
  const iso = run.toISOString();
  return `${days[run.getUTCDay()]} ${iso.slice(0, 10)} ${iso.slice(11, 16)}`;
}
