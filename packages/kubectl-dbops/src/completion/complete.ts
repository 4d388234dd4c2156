import type { Completion, Flag } from "../flags.ts";
import { type Verb, verbs } from "../verbs.ts";
import { type Candidates, nothing, proposals, type Sources } from "./proposals.ts";

const help: Flag = { name: "help", short: "h", help: "show this help" };

/** What may stand in place of the last word, which is being typed; the words are those behind `kubectl dbops`. */
export function complete(words: readonly string[], sources: Sources): Candidates {
  const typed = words.at(-1) ?? "";
  const [name, ...given] = words.slice(0, -1);
  if (name === undefined) return verbsFor(typed);
  if (name === "help") return given.length === 0 ? verbsFor(typed) : nothing;
  const verb = verbs.find((each) => each.name === name);
  return verb === undefined ? nothing : completeVerb(verb, given, typed, sources);
}

function verbsFor(typed: string): Candidates {
  const first = typed.startsWith("-")
    ? [["--help", "show where to start"] as const, ["--version", "print the version"] as const]
    : [...verbs.map(({ name, summary }) => [name, summary] as const), ["help", "Show help for a command"] as const];
  return proposals(first, typed);
}

function completeVerb(verb: Verb, given: readonly string[], typed: string, sources: Sources): Candidates {
  const { positionals, flags, waiting, isBehindFlags } = readGiven(verb, given);
  const propose = (completes: Completion | undefined, text: string): Candidates =>
    sources.propose(completes, text, positionals);
  if (waiting !== undefined) return propose(waiting.completes, typed);
  if (!isBehindFlags && typed.startsWith("-")) {
    const equals = typed.indexOf("=");
    if (equals < 0) return flagsFor(verb, flags, typed);
    const written = typed.slice(0, equals);
    const flag = verb.flags.find(({ name, short }) => written === `--${name}` || written === `-${short}`);
    return flag?.value === undefined ? nothing : propose(flag.completes, typed.slice(equals + 1));
  }
  if (positionals.length >= (verb.mostWords ?? Number.POSITIVE_INFINITY)) return nothing;
  if (verb.lastWords?.includes(positionals[0] ?? "") === true) return nothing;
  return propose(positionals.length === 0 ? verb.words : (verb.laterWords ?? verb.words), typed);
}

function flagsFor(verb: Verb, given: ReadonlySet<Flag>, typed: string): Candidates {
  const usable = [...verb.flags, help].filter(
    (flag) => flag.hidden !== true && (flag.repeats === true || !given.has(flag)),
  );
  const long = usable.map((flag) => [`--${flag.name}`, flag.help] as const);
  const short = usable.flatMap((flag) => (flag.short === undefined ? [] : [[`-${flag.short}`, flag.help] as const]));
  return proposals([...long, ...short], typed);
}

/** What stands before the word that is typed; `waiting`: a flag whose value that word is. */
interface Given {
  readonly positionals: readonly string[];
  readonly flags: ReadonlySet<Flag>;
  readonly waiting: Flag | undefined;
  readonly isBehindFlags: boolean;
}

function readGiven(verb: Verb, words: readonly string[]): Given {
  const positionals: string[] = [];
  const flags = new Set<Flag>();
  let waiting: Flag | undefined;
  for (const [index, word] of words.entries()) {
    if (waiting !== undefined) {
      waiting = undefined;
      continue;
    }
    if (word === "--")
      return { positionals: [...positionals, ...words.slice(index + 1)], flags, waiting, isBehindFlags: true };
    const flag = verb.flags.find(
      ({ name, short }) =>
        word === `--${name}` || word.startsWith(`--${name}=`) || (short !== undefined && isBrief(word, short)),
    );
    if (flag !== undefined) flags.add(flag);
    if (!word.startsWith("-") || word === "-") positionals.push(word);
    else if (flag?.value !== undefined && !flag.value.startsWith("[") && isBare(word)) waiting = flag;
  }
  return { positionals, flags, waiting, isBehindFlags: false };
}

/** `-n`, `-nshop` and `-n=shop` are the same flag. */
function isBrief(word: string, short: string): boolean {
  return word.startsWith(`-${short}`) && !word.startsWith("--");
}

/** Whether the value of a flag is the next word. */
function isBare(word: string): boolean {
  return !word.includes("=") && (word.startsWith("--") || word.length === 2);
}
