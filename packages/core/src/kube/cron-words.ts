import { listed } from "../text/listed.ts";
import type { Cron } from "./cron.ts";

const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const months = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** `at 02:00 and 14:00 on Monday to Friday`: a schedule as a person says it. */
export function cronInWords(cron: Cron): string {
  return [timeInWords(cron), daysInWords(cron), monthsInWords(cron)].filter((part) => part !== "").join(" ");
}

function timeInWords({ seconds, minutes, hours }: Cron): string {
  const second = seconds.length === 1 ? (seconds[0] ?? 0) : undefined;
  const everySecond = second === undefined ? `, at ${seconds.length} seconds of the minute` : "";
  const isEveryHour = hours.length === 24;
  const step = stepOf(minutes, 60);
  if (isEveryHour && step === 1) return `every minute${everySecond}`;
  if (isEveryHour && step !== undefined) return `every ${step} minutes${everySecond}`;
  if (isEveryHour) return `at minute ${listed(minutes.map(String))} of every hour${everySecond}`;
  if (minutes.length === 1 && stepOf(hours, 24) !== undefined && hours.length > 4)
    return `every ${stepOf(hours, 24)} hours at minute ${minutes[0]}${everySecond}`;
  const times = hours.flatMap((hour) => minutes.map((minute) => clock(hour, minute, second)));
  if (times.length <= 6) return `at ${listed(times)}${everySecond}`;
  const minuteWords = step === undefined ? `at minute ${listed(minutes.map(String))}` : `every ${step} minutes`;
  return `${minuteWords} from ${ranges(hours, (hour) => clock(hour, 0, undefined))}${everySecond}`;
}

function daysInWords({ daysOfMonth, daysOfWeek }: Cron): string {
  const isEveryDay = daysOfMonth.length === 31;
  const isEveryWeekday = daysOfWeek.length === 7;
  const ofMonth = `on day ${ranges(daysOfMonth, String)} of the month`;
  const ofWeek = `on ${ranges(daysOfWeek, (day) => weekdays[day] ?? "")}`;
  if (isEveryDay && isEveryWeekday) return "every day";
  if (isEveryDay) return ofWeek;
  // Both are written: cron runs when either matches. https://pkg.go.dev/github.com/robfig/cron/v3#hdr-CRON_Expression_Format
  return isEveryWeekday ? ofMonth : `${ofMonth} and also ${ofWeek}`;
}

function monthsInWords(cron: Cron): string {
  return cron.months.length === 12 ? "" : `in ${ranges(cron.months, (month) => months[month - 1] ?? "")}`;
}

/** The next runs after a time, both in the schedule's own time zone (a Date's UTC fields are its wall clock). */
export function nextRuns(cron: Cron, after: Date, count: number): readonly Date[] {
  const runs: Date[] = [];
  const day = new Date(Date.UTC(after.getUTCFullYear(), after.getUTCMonth(), after.getUTCDate()));
  // 29 February comes once in eight years at the worst.
  for (let days = 0; days < 366 * 8 && runs.length < count; days++, day.setUTCDate(day.getUTCDate() + 1)) {
    if (!cron.months.includes(day.getUTCMonth() + 1) || !runsOn(cron, day)) continue;
    for (const hour of cron.hours)
      for (const minute of cron.minutes) {
        const run = new Date(day.getTime() + ((hour * 60 + minute) * 60 + (cron.seconds[0] ?? 0)) * 1000);
        if (run > after && runs.length < count) runs.push(run);
      }
  }
  return runs;
}

function runsOn({ daysOfMonth, daysOfWeek }: Cron, day: Date): boolean {
  const isDay = daysOfMonth.includes(day.getUTCDate());
  const isWeekday = daysOfWeek.includes(day.getUTCDay());
  return daysOfMonth.length < 31 && daysOfWeek.length < 7 ? isDay || isWeekday : isDay && isWeekday;
}

/** The step of values that fill a period evenly from 0: 0, 15, 30, 45 of 60. */
function stepOf(values: readonly number[], period: number): number | undefined {
  const step = period / values.length;
  return Number.isInteger(step) && values.every((value, index) => value === index * step) ? step : undefined;
}

function ranges(values: readonly number[], name: (value: number) => string): string {
  const isRun =
    values.length > 2 && values.every((value, index) => index === 0 || value === (values[index - 1] ?? 0) + 1);
  return isRun ? `${name(values[0] ?? 0)} to ${name(values.at(-1) ?? 0)}` : listed(values.map(name));
}

function clock(hour: number, minute: number, second: number | undefined): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${two(hour)}:${two(minute)}${second === undefined || second === 0 ? "" : `:${two(second)}`}`;
}
