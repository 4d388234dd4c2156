import type { Span } from "../text/span.ts";
import type { Place } from "../yaml/node.ts";
import type { Command, InputText, Word } from "./command.ts";
import { type PlaceOf, ScriptPlace } from "./script-place.ts";
import { exitOf } from "./shell-exit.ts";
import { unreachedIn } from "./shell-reach.ts";
import { type Redirect, readShell, type SimpleCommand } from "./shell-reader.ts";
import type { ShellWord } from "./shell-words.ts";
import { isDump, startedBy } from "./started-dump.ts";

export { mostCommands } from "./shell-reader.ts";

/** What is known of the shell before the script begins (`sh -ec`, `bash -o pipefail -c`). */
export interface ShellStart {
  readonly program: string;
  readonly errexit: boolean;
  readonly pipefail: boolean;
}

/** A word whose place is found when somebody points at it. */
export class ScriptWord extends ScriptPlace implements Word {
  readonly text: string | undefined;
  readonly raw: string;

  constructor(placeOf: PlaceOf, within: Span, text: string | undefined, raw: string) {
    super(placeOf, within);
    this.text = text;
    this.raw = raw;
  }
}

class ScriptText extends ScriptPlace implements InputText {
  readonly text: string;
  readonly expands: boolean;
  readonly #placeOf: PlaceOf;
  readonly #start: number;

  constructor(placeOf: PlaceOf, within: Span, script: string, expands: boolean) {
    super(placeOf, within);
    this.text = script.slice(within.start, within.end);
    this.expands = expands;
    this.#placeOf = placeOf;
    this.#start = within.start;
  }

  inside({ start, end }: Span): Place {
    return new ScriptPlace(this.#placeOf, { start: this.#start + start, end: this.#start + end });
  }
}

class ScriptCommand extends ScriptPlace implements Command {
  readonly words: readonly Word[];
  readonly assignments: readonly Word[];
  readonly variables: Command["variables"];
  readonly feeds: Command | undefined;
  readonly writesTo: Word | undefined;
  readonly isLogged: boolean;
  readonly readsFrom: Word | undefined;
  readonly input: InputText | undefined;
  readonly decidesExit: boolean;
  readonly isFailureIgnored: boolean;
  readonly isTested: boolean;
  readonly isConditional: boolean;
  readonly isCondition: boolean;
  readonly declaredIn: string | undefined;
  readonly unreached: string | undefined;
  readonly execIn = undefined;
  readonly shell: Command["shell"];

  constructor(script: string, placeOf: PlaceOf, simple: SimpleCommand, judged: Judged) {
    super(placeOf, simple.span);
    const word = ({ span, text, raw }: ShellWord): Word => new ScriptWord(placeOf, span, text, raw);
    this.words = simple.words.map(word);
    this.assignments = simple.assignments.map(word);
    this.variables = judged.variables;
    this.feeds = judged.feeds;
    const output = simple.pipesInto ? simple.redirects : [...simple.redirects, ...simple.redirectsAround];
    const target = ownFirst(simple.redirects, output, writesOutput)?.target;
    this.writesTo = target && word(target);
    this.isLogged = judged.isLogged && !simple.pipesInto && simple.depth === 0 && !output.some(takesOutput);
    const input = simple.isFed ? simple.redirects : [...simple.redirects, ...simple.redirectsAround];
    const source = ownFirst(simple.redirects, input, givesInput);
    this.readsFrom = source?.operator === "<" && source.target !== undefined ? word(source.target) : undefined;
    this.input = source?.here && new ScriptText(placeOf, source.here.span, script, source.here.expands);
    this.decidesExit = judged.decidesExit;
    this.isFailureIgnored = judged.isFailureIgnored;
    this.isTested = judged.isTested;
    this.isConditional = simple.isConditional;
    this.isCondition = simple.isCondition;
    this.declaredIn = simple.declaredIn;
    this.unreached = judged.unreached;
    this.shell = judged.shell;
  }
}

type Judged = Pick<
  Command,
  "variables" | "feeds" | "isLogged" | "decidesExit" | "isFailureIgnored" | "isTested" | "unreached" | "shell"
>;

/** As deep as shells are started by shells. */
const deepestShell = 4;

/**
 * What one command starts through others, in its place: `sh -c "pg_dump … | gzip"`, `kubectl exec … -- pg_dump`. undefined: no dump is
 * among it.
 */
export function commandsStartedBy(outer: Command, depth = 0): readonly Command[] | undefined {
  const inside = depth < deepestShell ? startedBy(outer.words) : undefined;
  if (inside === undefined) return undefined;
  const { exec, script, words } = inside;
  if (script === undefined) return isDump(inside) ? [changed(outer, outer, { words, execIn: exec })] : undefined;
  const text = scriptText(script.at);
  const inner = readCommands(text, script, (part) => placeInWord(script.at, text, part), depth + 1);
  return inner.some(isDump) ? commandsWithin(outer, inner, exec) : undefined;
}

/** The commands of a script as the command that starts it lets them run. */
export function commandsWithin(
  outer: Command,
  inner: readonly Command[],
  exec?: Command["execIn"],
): readonly Command[] {
  const made = new Map<Command, Command>();
  for (const each of [...inner].reverse())
    made.set(each, changed(each, each, around(each, outer, each.feeds && made.get(each.feeds), exec)));
  return [...made.values()].reverse();
}

/** What the command that starts a script says of one in it. */
function around(inner: Command, outer: Command, feeds: Command | undefined, exec: Command["execIn"]): Partial<Command> {
  return {
    variables: inner.variables.size === 0 ? outer.variables : new Map([...outer.variables, ...inner.variables]),
    feeds: feeds ?? (inner.isLogged ? outer.feeds : undefined),
    // A file that it writes in another Pod is none of this one's.
    writesTo: inner.isLogged ? outer.writesTo : exec === undefined ? inner.writesTo : undefined,
    isLogged: inner.isLogged && outer.isLogged,
    readsFrom: inner.readsFrom ?? outer.readsFrom,
    input: inner.input ?? outer.input,
    decidesExit: inner.decidesExit && outer.decidesExit,
    isFailureIgnored: inner.isFailureIgnored || outer.isFailureIgnored,
    isTested: inner.isTested || (outer.isTested && inner.decidesExit),
    isConditional: inner.isConditional || outer.isConditional,
    isCondition: inner.isCondition || outer.isCondition,
    declaredIn: inner.declaredIn ?? outer.declaredIn,
    unreached: outer.unreached ?? inner.unreached,
    execIn: inner.execIn ?? exec,
  };
}

function changed(command: Command, at: Place, change: Partial<Command>): Command {
  return {
    ...command,
    ...change,
    get file() {
      return at.file;
    },
    get span() {
      return at.span;
    },
    get yamlPath() {
      return at.yamlPath;
    },
  };
}

/** The script that a word holds: what the shell around it fills in stays as it is. */
function scriptText({ text, raw }: Word): string {
  if (text !== undefined) return text;
  return raw.startsWith('"') ? raw.slice(1, -1).replaceAll(/\\(["$`\\])/g, "$1") : raw.replaceAll("'", "");
}

/** Where a part of a script is; the whole word where escapes hide it. */
function placeInWord(word: Word, text: string, { start, end }: Span): Place {
  const { file, span, yamlPath } = word;
  const at = file.slice(span).indexOf(text);
  return at < 0 ? word : { file, span: { start: span.start + at + start, end: span.start + at + end }, yamlPath };
}

/** The last one of a command wins, and any of its own over those of the compound around it. */
function ownFirst(
  own: readonly Redirect[],
  all: readonly Redirect[],
  matches: (redirect: Redirect) => boolean,
): Redirect | undefined {
  return own.findLast(matches) ?? all.find(matches);
}

function writesOutput({ operator, descriptor }: Redirect): boolean {
  return /^(>|>>|>\||&>|&>>)$/.test(operator) && (descriptor === "" || descriptor === "1");
}

function givesInput({ operator, descriptor }: Redirect): boolean {
  return operator.startsWith("<") && (descriptor === "" || descriptor === "0");
}

/** `>&2` is the log too. */
function takesOutput(redirect: Redirect): boolean {
  const { operator, descriptor, target } = redirect;
  return writesOutput(redirect) || (operator === ">&" && /^1?$/.test(descriptor) && !/^[12]$/.test(target?.raw ?? ""));
}

/**
 * The simple commands of a script in the order written. Control flow is not evaluated: what stands in a condition or a
 * branch is `isConditional`; `set -e` and `set -o pipefail` hold from where they are written.
 */
export function parseShell(script: string, start: ShellStart, placeOf: PlaceOf): readonly Command[] {
  return readCommands(script, start, placeOf, 0);
}

function readCommands(script: string, start: ShellStart, placeOf: PlaceOf, depth: number): readonly Command[] {
  const all = readShell(script, start);
  const visible = all.filter(({ words }) => words.length > 0);
  const exit = exitOf(visible);
  const tested = testedCommands(all);
  const variables = variablesBefore(all);
  const unreached = unreachedIn(script, visible);
  const moved = outputMovedIn(visible);
  // Backwards, so that the command a pipe feeds exists already.
  const made = new Map<SimpleCommand, readonly Command[]>();
  for (const simple of [...visible].reverse()) {
    const { errexit, pipefail } = simple;
    const command = new ScriptCommand(script, placeOf, simple, {
      variables: variables.get(simple) ?? new Map(),
      feeds: simple.feeds && made.get(simple.feeds)?.[0],
      isLogged: !moved.has(simple),
      decidesExit: exit.decides(simple),
      isFailureIgnored: exit.isIgnored(simple),
      isTested: tested.has(simple),
      unreached: unreached.get(simple),
      shell: { program: start.program, errexit, pipefail },
    });
    made.set(simple, commandsStartedBy(command, depth) ?? [command]);
  }
  return [...made.values()].reverse().flat();
}

/** Commands behind an `exec > file`, which moves the output of all that follow. */
function outputMovedIn(all: readonly SimpleCommand[]): ReadonlySet<SimpleCommand> {
  const at = all.findIndex(
    ({ words, redirects }) => words.length === 1 && words[0]?.text === "exec" && redirects.some(takesOutput),
  );
  return new Set(at < 0 ? [] : all.slice(at));
}

/** Commands whose status the next statement asks for: `$?` is that of the end of a pipe, `PIPESTATUS` that of all its commands. */
function testedCommands(all: readonly SimpleCommand[]): ReadonlySet<SimpleCommand> {
  const tested = new Set<SimpleCommand>();
  const asks = ({ assignments, words }: SimpleCommand, what: RegExp): boolean =>
    [...assignments, ...words].some(({ raw }) => what.test(raw));
  /** The first commands of a function: `[ $? -ne 0 ]` in `check`. */
  const begins = new Map<string, SimpleCommand[]>();
  for (const command of all) {
    const begin = begins.get(command.declaredIn ?? "");
    if (begin === undefined) begins.set(command.declaredIn ?? "", [command]);
    else if (begin.length < 3) begin.push(command);
  }
  begins.delete("");
  for (const [index, command] of all.entries()) {
    const asking = [command, ...(begins.get(command.words[0]?.text ?? "") ?? [])];
    const isPipeAsked = asking.some((each) => asks(each, /\bPIPESTATUS\b/));
    if (!isPipeAsked && !asking.some((each) => asks(each, /\$\{?\?/))) continue;
    for (const each of statementBefore(all, index))
      if (isPipeAsked || !each.pipesInto || each.pipefail) tested.add(each);
  }
  return tested;
}

/** The commands of the list before a command, and those in the substitutions of its last one. */
function statementBefore(all: readonly SimpleCommand[], index: number): readonly SimpleCommand[] {
  const found: SimpleCommand[] = [];
  const depth = all[index]?.depth;
  for (let before = index - 1; before >= 0; before--) {
    const each = all[before];
    if (each === undefined || each.depth < (depth ?? 0)) break;
    const isSameList = found.length === 0 || each.depth > (depth ?? 0) || /^(&&|\|\|?)$/.test(each.follows);
    if (!isSameList) break;
    found.push(each);
  }
  return found;
}

/** What a script has assigned on lines of their own before each command; branches are not told apart. */
function variablesBefore(all: readonly SimpleCommand[]): ReadonlyMap<SimpleCommand, ReadonlyMap<string, string>> {
  const found = new Map<SimpleCommand, ReadonlyMap<string, string>>();
  let current: ReadonlyMap<string, string> = new Map();
  for (const command of all) {
    found.set(command, current);
    const { words, assignments } = command;
    const isExport = /^(export|local|readonly|declare)$/.test(words[0]?.text ?? "");
    const pairs = (isExport ? words.slice(1) : words.length === 0 ? assignments : []).flatMap((word) => {
      const match = /^([A-Za-z_]\w*)=(.*)$/s.exec(word.raw);
      return match === null ? [] : [[match[1] ?? "", (match[2] ?? "").replaceAll(/["']/g, "")] as const];
    });
    if (pairs.length > 0) current = new Map([...current, ...pairs]);
  }
  return found;
}
