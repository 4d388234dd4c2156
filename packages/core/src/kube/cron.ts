/** A cron expression, expanded to the values of each field. */
export interface Cron {
  /** Five, or six when seconds stand first. */
  readonly fields: number;
  readonly seconds: readonly number[];
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly daysOfMonth: readonly number[];
  readonly months: readonly number[];
  readonly daysOfWeek: readonly number[];
}

const monthNames = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const dayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
/** `CRON_TZ=Europe/Berlin ` before the fields. */
const timeZone = /^(?:CRON_)?TZ=\S+\s+/;
const macros: ReadonlyMap<string, string> = new Map([
  ["@yearly", "0 0 1 1 *"],
  ["@annually", "0 0 1 1 *"],
  ["@monthly", "0 0 1 * *"],
  ["@weekly", "0 0 * * 0"],
  ["@daily", "0 0 * * *"],
  ["@midnight", "0 0 * * *"],
  ["@hourly", "0 * * * *"],
]);

/**
 * Reads a schedule as robfig/cron does (Kubernetes CronJob: five fields; CloudNativePG: six).
 * undefined: it would be refused. `@every` has no fields and is undefined too.
 * https://pkg.go.dev/github.com/robfig/cron/v3
 */
export function parseCron(text: string): Cron | undefined {
  const trimmed = text.trim().replace(timeZone, "");
  const expanded = macros.get(trimmed) ?? trimmed;
  const parts = expanded.split(/\s+/);
  if (parts.length !== 5 && parts.length !== 6) return undefined;
  const [second = "0", minute = "*", hour = "*", day = "*", month = "*", weekday = "*"] =
    parts.length === 5 ? ["0", ...parts] : parts;
  const seconds = expand(second, 0, 59);
  const minutes = expand(minute, 0, 59);
  const hours = expand(hour, 0, 23);
  const daysOfMonth = expand(day, 1, 31);
  const months = expand(month, 1, 12, monthNames, 1);
  const daysOfWeek = expand(weekday, 0, 6, dayNames, 0);
  if (!seconds || !minutes || !hours || !daysOfMonth || !months || !daysOfWeek) return undefined;
  return { fields: parts.length, seconds, minutes, hours, daysOfMonth, months, daysOfWeek };
}

/** The fields of a written schedule without its time zone; undefined for macros, placeholders and nothing. */
export function cronFields(text: string | undefined): readonly string[] | undefined {
  const fields = text?.trim().replace(timeZone, "");
  return fields === undefined || fields === "" || /^@|[$<{]/.test(fields) ? undefined : fields.split(/\s+/);
}

/** The schedule with the field of seconds that five fields lack, its time zone kept. */
export function withSeconds(text: string): string {
  const zone = timeZone.exec(text.trim())?.[0] ?? "";
  return `${zone}0 ${text.trim().slice(zone.length)}`;
}

/** Runs on a day on which it runs at all; 24 for hourly. Undefined for `@every` and what is refused. */
export function runsPerDay(cron: Cron): number {
  return cron.seconds.length * cron.minutes.length * cron.hours.length;
}

const longestMonths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether there is a day on which the schedule fires: `0 0 31 2 *` is accepted and has none. */
export function firesEver({ seconds, minutes, hours, daysOfMonth, months, daysOfWeek }: Cron): boolean {
  if ([seconds, minutes, hours, months].some((values) => values.length === 0)) return false;
  const hasDay = months.some((month) => daysOfMonth.some((day) => day <= (longestMonths[month - 1] ?? 0)));
  // Where both are written, either is enough.
  const isEither = daysOfMonth.length < 31 && daysOfWeek.length < 7;
  return isEither ? hasDay || daysOfWeek.length > 0 : hasDay && daysOfWeek.length > 0;
}

/** The values of a field, read as robfig/cron reads it: empty parts between commas are passed over. */
function expand(
  field: string,
  low: number,
  high: number,
  names: readonly string[] = [],
  base = 0,
): readonly number[] | undefined {
  const values = new Set<number>();
  for (const part of field.split(",")) {
    if (part === "") continue;
    const [range = "", stepText, ...moreSteps] = part.split("/");
    const [from = "", to, ...moreEnds] = range.split("-");
    const step = stepText === undefined ? 1 : numberOf(stepText, [], 0);
    if (step === undefined || step < 1 || moreSteps.length > 0) return undefined;
    const isStar = from === "*" || from === "?";
    if (!isStar && moreEnds.length > 0) return undefined;
    const start = isStar ? low : numberOf(from, names, base);
    const last = to === undefined ? (stepText === undefined ? start : high) : numberOf(to, names, base);
    const end = isStar ? high : last;
    if (start === undefined || end === undefined || start < low || end > high || start > end) return undefined;
    for (let value = start; value <= end; value += step) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}

function numberOf(text: string, names: readonly string[], base: number): number | undefined {
  if (/^\+?\d+$/.test(text)) return Number(text);
  const index = names.indexOf(text.toLowerCase());
  return index < 0 ? undefined : index + base;
}
