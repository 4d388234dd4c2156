import { wayOf } from "./foreign-flags.ts";
import { UsageError } from "./io.ts";
import { didYouMean } from "./meaning.ts";

/** What completes a word: words, or where they come from. `manifest`: a YAML or JSON file; `rules`: several, with commas. */
export type Completion =
  | readonly string[]
  | "manifest"
  | "file"
  | "folder"
  | "rule"
  | "rules"
  | "snippet"
  | "placeholder"
  | "revision"
  | "context"
  | "namespace"
  | "claim";

export interface Flag {
  readonly name: string;
  readonly short?: string;
  /** What stands behind it in the help; none: a switch. `[=FILE]`: only with an equals sign. */
  readonly value?: string;
  readonly repeats?: true;
  readonly hidden?: true;
  /** The heading that it stands under in the help; none: `Flags`. */
  readonly group?: string;
  /** None: nothing is proposed for its value. */
  readonly completes?: Completion;
  readonly help: string;
}

/** What holds between flags of a verb. */
export interface Pairing {
  readonly flag: string;
  /** It needs one of these. */
  readonly needs?: readonly string[];
  /** It cannot be combined with any of these. */
  readonly excludes?: readonly string[];
  /** What is said where that does not hold; `{other}` is the excluded flag that was given. */
  readonly says: string;
}

/** What a command line says: positionals in order, flags by name with every value given. */
export interface Arguments {
  readonly positionals: readonly string[];
  has(name: string): boolean;
  /** The last value. */
  value(name: string): string | undefined;
  values(name: string): readonly string[];
}

/**
 * Reads words as GNU does: `--name=value`, `--name value`, `-n value`, `-nvalue`, `--` ends flags.
 * @throws UsageError naming what was probably meant
 */
export function parseFlags(words: readonly string[], flags: readonly Flag[], verb: string): Arguments {
  const positionals: string[] = [];
  const values = new Map<string, string[]>();
  const set = (flag: Flag, value: string): void => {
    values.set(flag.name, [...(values.get(flag.name) ?? []), value]);
  };
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? "";
    if (word === "--") {
      positionals.push(...words.slice(index + 1));
      break;
    }
    if (word === "-" || !word.startsWith("-")) {
      positionals.push(word);
      continue;
    }
    const long = /^--([^=]+)(?:=(.*))?$/s.exec(word);
    const short = long === null ? /^-(.)=?(.*)$/s.exec(word) : null;
    const name = long?.[1] ?? short?.[1] ?? "";
    const flag = flags.find((each) => (long === null ? each.short === name : each.name === name));
    if (flag === undefined) {
      const written = word.replace(/=.*/s, "");
      const names = flags.filter((each) => each.hidden !== true).map((each) => each.name);
      const way = wayOf(written);
      if (way !== undefined && namesOnly(way, flags)) throw new UsageError(`there is no flag ${written}; ${way}`);
      const help = `see kubectl dbops ${verb} --help`;
      throw new UsageError(
        `unknown flag ${written}${long === null ? `; ${help}` : didYouMean(name, names, help, (each) => `--${each}`)}`,
      );
    }
    const attached = long?.[2] ?? (short?.[2] === "" ? undefined : short?.[2]);
    if (flag.value === undefined) {
      if (attached !== undefined && long !== null) throw new UsageError(`--${flag.name} does not take a value`);
      set(flag, "");
      if (short !== null && attached !== undefined)
        words = [...words.slice(0, index + 1), `-${attached}`, ...words.slice(index + 1)];
    } else if (flag.value.startsWith("[")) set(flag, attached ?? "");
    else if (attached !== undefined) set(flag, attached);
    else {
      const next = words[index + 1];
      if (next === undefined) throw new UsageError(`${word} needs a value: --${flag.name}=${flag.value}`);
      set(flag, next);
      index++;
    }
  }
  return {
    positionals,
    has: (name) => values.has(name),
    value: (name) => values.get(name)?.at(-1),
    values: (name) => values.get(name) ?? [],
  };
}

/** Whether each flag that a sentence begins a clause with is one of these: another verb has others. */
function namesOnly(text: string, flags: readonly Flag[]): boolean {
  return [...text.matchAll(/(?<=^|[ ,] ?)--?([a-z][\w-]*)/g)].every(([, name]) =>
    flags.some((each) => each.name === name || each.short === name),
  );
}

/** @throws UsageError for the first pairing that does not hold */
export function checkPairings(args: Arguments, pairings: readonly Pairing[]): void {
  for (const { flag, needs, excludes = [], says } of pairings) {
    if (!args.has(flag)) continue;
    const other = excludes.find((each) => args.has(each));
    const isAlone = needs !== undefined && !needs.some((each) => args.has(each));
    if (other !== undefined || isAlone) throw new UsageError(says.replace("{other}", other ?? ""));
  }
}
