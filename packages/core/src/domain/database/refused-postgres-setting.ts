import {
  choices,
  hiddenWords,
  numbers,
  otherVersions,
  platformChoices,
  switches,
  texts,
  widenedLater,
} from "../../facts/postgres-settings.ts";
import { closest } from "../../text/closest.ts";
import { listed } from "../../text/listed.ts";
import { once } from "../../text/once.ts";
import { own } from "../../text/own.ts";

interface Numeric {
  readonly kind: "whole" | "real";
  /** The unit a bare number counts in: `8kB`, `ms`; undefined: a count. */
  readonly unit: string | undefined;
  readonly least: number;
  readonly most: number;
}
type PostgresSetting = "switch" | "text" | "other" | Numeric | readonly string[];

const words = (text: string): readonly string[] => text.trim().split(/\s+/);
const lines = (text: string): readonly (readonly string[])[] =>
  text
    .trim()
    .split("\n")
    .map((line) => line.split(" "));

/** What PostgreSQL knows of its settings, by lower-case name. */
export const postgresSettings = once(
  (): ReadonlyMap<string, PostgresSetting> =>
    new Map<string, PostgresSetting>([
      ...words(otherVersions).map((name) => [name, "other"] as const),
      ...words(platformChoices).map((name) => [name, "other"] as const),
      ...words(switches).map((name) => [name, "switch"] as const),
      ...words(texts).map((name) => [name.toLowerCase(), "text"] as const),
      ...lines(choices).map(([name = "", list = ""]) => [name.toLowerCase(), list.split("|")] as const),
      ...lines(numbers).map(
        ([name = "", kind, unit, least, most]) =>
          [
            name,
            {
              kind: kind === "i" ? ("whole" as const) : ("real" as const),
              unit: unit === "-" ? undefined : unit,
              least: Number(least),
              most: Number(most),
            },
          ] as const,
      ),
    ]),
);

/** Why the server refuses a setting, as the end of a sentence; `instead`: what it would read. */
export interface ValueFault {
  readonly why: string;
  readonly instead?: string;
}

/**
 * Whether PostgreSQL refuses `name = text` and so does not start; undefined: it takes it, or that is not known.
 * https://www.postgresql.org/docs/current/config-setting.html#CONFIG-SETTING-NAMES-VALUES
 */
export function postgresFault(name: string, text: string, major: number | undefined): ValueFault | undefined {
  const setting = postgresSettings().get(name);
  if (setting === undefined) {
    // A name that only looks like one is somebody's own extension or a version's that is not known here.
    const meant = /^[a-z_]{6,}$/.test(name) ? closest(name, postgresSettings().keys(), 2) : undefined;
    return meant === undefined ? undefined : { why: `there is no such setting; did you mean ${meant}?` };
  }
  if (setting === "other" || setting === "text" || text === "") return undefined;
  if ((major ?? 99) > 15 && widenedLater.has(name)) return undefined;
  if (setting === "switch") return isSwitchWord(text) ? undefined : { why: "it must be on or off" };
  if (isNumeric(setting)) return numberFault(setting, text);
  const word = text.trim().toLowerCase();
  const isHidden =
    own(hiddenWords, name)?.includes(word) === true ||
    (setting.includes("on") && /^(true|false|yes|no|1|0)$/.test(word));
  if (isHidden || setting.some((each) => each.toLowerCase() === word)) return undefined;
  const shown = setting.filter((each) => each !== "");
  return { why: `it must be ${listed(shown, "or")}` };
}

function isNumeric(setting: Exclude<PostgresSetting, string>): setting is Numeric {
  return !Array.isArray(setting);
}

/** Any beginning of true, false, yes and no, `on`, `of` and `off`, 1 and 0. */
function isSwitchWord(text: string): boolean {
  const word = text.trim().toLowerCase();
  return /^(t|tr|tru|true|f|fa|fal|fals|false|y|ye|yes|n|no|on|of|off|1|0)$/.test(word);
}

const bytes: Readonly<Record<string, number>> = { B: 1, kB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30, TB: 2 ** 40 };
const milliseconds: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

function numberFault(setting: Numeric, text: string): ValueFault | undefined {
  const trimmed = text.trim();
  const digits = /^[+-]?(?:0[xX][0-9a-fA-F]+|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)/.exec(trimmed)?.[0];
  const written = trimmed.slice(digits?.length).trim();
  const { unit } = setting;
  const isMemory = unit?.endsWith("B") === true;
  const units = isMemory ? bytes : milliseconds;
  const unitWords = listed(Object.keys(units));
  if (digits === undefined || /\s/.test(written))
    return {
      why: unit === undefined ? "it must be a number" : `it must be a number with one of the units ${unitWords}`,
    };
  if (written !== "" && unit === undefined) return { why: "it must be a number without a unit" };
  if (written !== "" && !Object.hasOwn(units, written)) {
    const meant = isMemory ? memoryUnit(written) : timeUnit(written);
    return {
      why: `its units are ${unitWords}`,
      ...(meant === undefined ? {} : { instead: `${digits}${meant}` }),
    };
  }
  const value = inOwnUnit(Number(/^[+-]?0\d+$/.test(digits) ? Number.parseInt(digits, 8) : digits), written, setting);
  const { least, most } = setting;
  if (value >= least && value <= most) return undefined;
  return { why: `the range is ${least} to ${most}${unit === undefined ? "" : ` (in ${unit})`}` };
}

function inOwnUnit(number: number, written: string, { unit, kind }: Numeric): number {
  let value = number;
  if (written !== "" && unit !== undefined) {
    const own = /^(\d*)([A-Za-z]+)$/.exec(unit);
    const base = Number(own?.[1] || 1);
    const factors = unit.endsWith("B") ? bytes : milliseconds;
    value = (number * (factors[written] ?? 1)) / (base * (factors[own?.[2] ?? ""] ?? 1));
  }
  return kind === "whole" ? toEven(value) : value;
}

/** As C's rint: a half goes to the even neighbour. */
function toEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** What a unit of Kubernetes, MySQL or of an impatient hand means here. */
function memoryUnit(written: string): string | undefined {
  const letter = /^([kmgt])i?b?$/i.exec(written)?.[1]?.toLowerCase();
  return letter === undefined ? undefined : { k: "kB", m: "MB", g: "GB", t: "TB" }[letter];
}

function timeUnit(written: string): string | undefined {
  const word = written.toLowerCase();
  if (/^(m|mins|minutes?)$/.test(word)) return "min";
  if (/^(s|secs?|seconds?)$/.test(word)) return "s";
  if (/^(h|hrs?|hours?)$/.test(word)) return "h";
  return /^(d|days?)$/.test(word) ? "d" : undefined;
}
