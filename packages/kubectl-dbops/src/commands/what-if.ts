import { closest, whatIfSettings } from "@dbops/core";
import { UsageError } from "../io.ts";

/** `--what-if pgbouncer.replicas=5`, read. */
export interface Supposition {
  readonly written: string;
  /** A name, or pooler, client or database for all of them; undefined: everything that has the setting. */
  readonly target: string | undefined;
  readonly setting: string;
  readonly value: number;
  /** Who has such a setting. */
  readonly roles: readonly string[];
}

/** Reads one or several (`a=1,b=2`) suppositions. @throws UsageError */
export function readWhatIf(text: string): readonly Supposition[] {
  return text.split(",").map((part): Supposition => {
    const written = part.trim();
    const match = /^(?:(.+)\.)?([a-z_]+)=(\d+)$/i.exec(written);
    const [, target, setting = "", value] = match ?? [];
    if (match === null)
      throw new UsageError(`--what-if must be NAME.SETTING=NUMBER (pooler.replicas=5), not ${written || "nothing"}`);
    const roles = Object.entries(whatIfSettings).flatMap(([role, settings]) =>
      settings.includes(setting) ? [role] : [],
    );
    if (roles.length === 0) {
      const settings = [...new Set(Object.values(whatIfSettings).flat())];
      const meant = closest(setting, settings);
      throw new UsageError(
        `--what-if ${written}: ${meant === undefined ? `the settings are ${settings.join(", ")}` : `did you mean ${meant}?`}`,
      );
    }
    return { written, target, setting, value: Number(value), roles };
  });
}
