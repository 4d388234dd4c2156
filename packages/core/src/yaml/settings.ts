import type { Fact } from "./fact.ts";
import type { Place } from "./node.ts";

/** One setting as written: the last writer wins, as the program reads it. */
export interface Setting {
  readonly name: string;
  readonly value: Fact<string>;
  /** Where the name itself is written. */
  readonly nameAt: Place;
  /** Where a container asks for it, when the value stands in another object. */
  readonly readAt?: Place;
  /** The kind of that object; undefined also where it is not in view. */
  readonly heldBy?: "ConfigMap" | "Secret";
}

/** One program's configuration or environment, gathered from everything that writes it. */
export interface Settings {
  /** undefined: not written anywhere in view and no default known. Names are matched as the program does. */
  get(name: string): Fact<string> | undefined;
  /** An integer or decimal without unit; Unknown when the text is not a number. */
  number(name: string): Fact<number> | undefined;
  /** Bytes, with the units that this program reads. */
  bytes(name: string): Fact<number> | undefined;
  /** Seconds, with the units that this program reads. */
  seconds(name: string): Fact<number> | undefined;
  /** Everything written, in order; defaults are not listed. */
  written(): readonly Setting[];
  /** False: a source is not in view, so nothing may be called absent. */
  readonly isComplete: boolean;
}

/** How a program reads names and units; the defaults suit an environment. */
export interface SettingsOptions {
  readonly isComplete: boolean;
  /** Two spellings of one name (`max-connections`, `max_connections`) become equal. Default: as written. */
  readonly normalize?: (name: string) => string;
  readonly bytes?: (text: string, name: string) => number | undefined;
  readonly seconds?: (text: string, name: string) => number | undefined;
  /** What holds when nothing is written. */
  readonly defaults?: (name: string) => Fact<string> | undefined;
}

/** Settings from what is written, in order: of equal names the last wins. */
export function settingsOf(written: readonly Setting[], options: SettingsOptions): Settings {
  const normalize = options.normalize ?? ((name: string) => name);
  const byName = new Map(written.map((setting) => [normalize(setting.name), setting.value]));
  const get = (name: string): Fact<string> | undefined =>
    byName.get(normalize(name)) ?? options.defaults?.(normalize(name));
  const converted = (name: string, read: (text: string) => number | undefined): Fact<number> | undefined => {
    const fact = get(name);
    if (fact === undefined || fact.value === undefined) return fact;
    const value = read(fact.value);
    return value === undefined ? { value: undefined, at: fact.at, because: "it is not a number" } : { ...fact, value };
  };
  return {
    get,
    number: (name) =>
      converted(name, (text) => (/^[+-]?(\d+(?:\.\d*)?|\.\d+)$/.test(text.trim()) ? Number(text) : undefined)),
    bytes: (name) => converted(name, (text) => options.bytes?.(text, normalize(name))),
    seconds: (name) => converted(name, (text) => options.seconds?.(text, normalize(name))),
    written: () => written,
    isComplete: options.isComplete,
  };
}
