import { type BackupRequirements, closest } from "@dbops/core";
import { requirements } from "../choices.ts";
import { UsageError } from "../io.ts";

const names = requirements.map((each) => each.replace("=", ""));

/** Nobody means more; a slip of a digit is not to pass for a promise. */
const longest = 100 * 365 * 86_400;

/** Seconds of each unit. */
const units: Readonly<Record<string, number>> = { s: 1, m: 60, min: 60, h: 3600, d: 86_400, w: 604_800 };

/** Reads `rpo=24h,retention=7d,offsite,restore-tested=30d`. @throws UsageError that names what was probably meant */
export function readRequirements(values: readonly string[]): BackupRequirements {
  let required: BackupRequirements = {};
  for (const word of values.flatMap((value) => value.split(","))) {
    const written = word.trim();
    const [name = "", time] = split(written);
    switch (name) {
      case "rpo":
        required = { ...required, rpo: secondsOf(written, time) };
        break;
      case "retention":
        required = { ...required, retention: secondsOf(written, time) };
        break;
      case "restore-tested":
        required = { ...required, restoreTested: secondsOf(written, time) };
        break;
      case "offsite":
        if (time !== undefined) throw new UsageError(`--require ${written}: offsite does not take a value`);
        required = { ...required, offsite: true };
        break;
      default: {
        const meant = closest(name, names);
        throw new UsageError(
          `--require ${written || "nothing"}: ${meant === undefined ? `choose from ${names.join(", ")}` : `did you mean ${meant}?`}`,
        );
      }
    }
  }
  return required;
}

function split(word: string): readonly [string, string | undefined] {
  const equals = word.indexOf("=");
  return equals < 0 ? [word, undefined] : [word.slice(0, equals), word.slice(equals + 1)];
}

function secondsOf(written: string, time: string | undefined): number {
  const match = /^(\d+)(s|m|min|h|d|w)$/.exec(time ?? "");
  const seconds = Number(match?.[1]) * (units[match?.[2] ?? ""] ?? Number.NaN);
  if (seconds > longest) throw new UsageError(`--require ${written}: that is more than 100 years`);
  if (!(seconds > 0)) throw new UsageError(`--require ${written}: write a time, such as 30min, 24h, 7d or 4w`);
  return seconds;
}
