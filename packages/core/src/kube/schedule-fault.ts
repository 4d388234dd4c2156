import { type Cron, firesEver, parseCron } from "./cron.ts";
import { parseGoDuration } from "./duration.ts";
import { hasPlaceholder } from "./placeholder.ts";

/**
 * How a program reads a schedule. `cronjob`: five fields, the time zone elsewhere (Kubernetes); `five-fields`: most operators;
 * `seconds-first`: six fields, of which the last may be left out (CloudNativePG).
 */
export type CronDialect = "cronjob" | "five-fields" | "seconds-first";

/** K8up spreads these over the period. https://docs.k8up.io/k8up/references/schedule-specification.html */
const spread = /^@(?:hourly|daily|weekly|monthly|yearly|annually)-random$/;

/** The times at which a schedule fires; undefined where it is refused, is a macro or duration without fields, or is filled in later. */
export function readCron(text: string, dialect: CronDialect): Cron | undefined {
  if (isFilledInLater(text)) return undefined;
  if (dialect !== "seconds-first") {
    const cron = parseCron(text);
    return cron?.fields === 5 ? cron : undefined;
  }
  const trimmed = text.trim();
  if (trimmed.startsWith("@")) return parseCron(trimmed);
  return parseCron(trimmed.split(/\s+/).length === 5 ? `${trimmed} *` : trimmed);
}

/** Why a schedule is refused: `it has 4 fields instead of 5`. undefined: it is not, or nothing can be said before it is filled in. */
export function whyRefused(text: string, dialect: CronDialect): string | undefined {
  const trimmed = text.trim();
  if (isFilledInLater(trimmed)) return undefined;
  if (dialect === "cronjob" && /^(CRON_)?TZ=/.test(trimmed))
    return "it names a time zone, which belongs in spec.timeZone";
  if (/^@every\s/.test(trimmed))
    return parseGoDuration(trimmed.slice("@every".length).trim()) === undefined
      ? "its duration cannot be read"
      : undefined;
  if (dialect === "five-fields" && spread.test(trimmed)) return undefined;
  if (trimmed.startsWith("@")) return parseCron(trimmed) === undefined ? "there is no such macro" : undefined;
  const fields = trimmed.replace(/^(CRON_)?TZ=\S+\s+/, "").split(/\s+/);
  const wanted = dialect === "seconds-first" ? 6 : 5;
  if (fields.length !== 5 && fields.length !== wanted)
    return `it has ${fields.length} ${fields.length === 1 ? "field" : "fields"} instead of ${wanted}`;
  if (readCron(trimmed, dialect) !== undefined) return undefined;
  // Other crons know 7 as Sunday. https://github.com/robfig/cron/blob/v3.0.1/spec.go
  return /(^|[,-])7(?=$|[,/-])/.test(fields.at(-1) ?? "")
    ? "a field is out of range: days of the week are 0 to 6"
    : "a field is out of range";
}

/** No date matches: `0 0 31 2 *`. */
export function neverFires(text: string, dialect: CronDialect): boolean {
  const cron = readCron(text, dialect);
  return cron !== undefined && !firesEver(cron);
}

function isFilledInLater(text: string): boolean {
  return hasPlaceholder(text) || /[$<{]/.test(text);
}
