import { type Cron, parseCron } from "./cron.ts";
import { nextRuns } from "./cron-words.ts";
import { parseGoDuration } from "./duration.ts";

const day = 86_400;
/** A leap year begins, so that eight years from here hold every date that a schedule can name. */
const start = Date.UTC(2028, 0, 1);

/** K8up spreads these over the period by the object's name. https://docs.k8up.io/k8up/references/schedule-specification.html */
const randomMacros: ReadonlyMap<string, string> = new Map(
  ["hourly", "daily", "weekly", "monthly", "yearly", "annually"].map((name) => [`@${name}-random`, `@${name}`]),
);

/** The longest time between two runs of a schedule, in seconds; undefined: it is refused, or never runs. */
export function longestGap(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed.startsWith("@every ")) return parseGoDuration(trimmed.slice("@every ".length).trim());
  const cron = parseCron(randomMacros.get(trimmed) ?? trimmed);
  return cron === undefined ? undefined : gapOf(cron);
}

function gapOf(cron: Cron): number | undefined {
  const times = timesOfDay(cron);
  const [first] = times;
  const last = times.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const within = Math.max(0, ...times.slice(1).map((time, index) => time - (times[index] ?? 0)));
  // One run a day is enough to find the days.
  const days = nextRuns({ ...cron, seconds: [0], minutes: [0], hours: [0] }, new Date(start - 1000), 366 * 8);
  if (days.length === 0) return undefined;
  const between = days.slice(1).map((date, index) => (date.getTime() - (days[index] ?? date).getTime()) / 1000);
  const longest = Math.max(days.length === 1 ? 8 * 366 * day : 0, ...between);
  return Math.max(within, longest - last + first);
}

/** Seconds of the day at which it runs, in order. */
function timesOfDay({ hours, minutes, seconds }: Cron): readonly number[] {
  return hours.flatMap((hour) =>
    minutes.flatMap((minute) => seconds.map((second) => (hour * 60 + minute) * 60 + second)),
  );
}
