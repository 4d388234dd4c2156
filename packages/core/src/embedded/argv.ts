import type { Span } from "../text/span.ts";
import type { Fact } from "../yaml/fact.ts";
import { isNode, type Place } from "../yaml/node.ts";
import { partOf } from "../yaml/part-of.ts";
import type { Command, Word } from "./command.ts";
import { ScriptPlace } from "./script-place.ts";
import { commandsStartedBy, commandsWithin, mostCommands, parseShell, ScriptWord, type ShellStart } from "./shell.ts";
import { readShellOptions } from "./shell-options.ts";
import { fileStartedBy, isDump } from "./started-dump.ts";
import { skipWrappers } from "./wrappers.ts";

const shells = /^(?:\/(?:usr\/)?(?:local\/)?bin\/)?(sh|bash|ash|dash|zsh|ksh)$/;

/** Of a word that is a scalar of its own. */
const whole: Span = { start: 0, end: 0 };

/** A shell script that an argv runs. */
export interface RunScript {
  readonly text: string;
  /** The shell that reads it, as it is called: `sh`, `bash`. */
  readonly program: string;
  placeOf(part: Span): Place;
}

/** What an argv runs. */
export interface ArgvRun {
  readonly commands: readonly Command[];
  /** False: a script runs whose text is not in view, or too long. */
  readonly isComplete: boolean;
  /** undefined: no shell runs one, or it is not in view. */
  readonly script?: RunScript;
}

/** Finds the text of a script file by its path in the container; undefined: not from a ConfigMap or Secret. */
export type FindScript = (path: string) => Fact<string> | undefined;

/** The commands that an argv runs: itself, or the script of `sh -c`, or a script file that is in view. */
export function commandsOfArgv(argv: readonly Fact<string>[], findScript: FindScript): ArgvRun {
  const first = argv[0];
  if (first === undefined) return { commands: [], isComplete: true };
  const once = eachOnce(findScript);
  const words = wordsOf(argv);
  const wrapped = skipWrappers(words);
  const program = wrapped[0]?.text ?? "";
  const shell = shells.exec(program)?.[1];
  if (shell !== undefined) {
    const rest = wrapped.slice(1);
    const option = readShellOptions(rest.map((word) => word.text));
    const scriptIndex = words.length - wrapped.length + 1 + option.index;
    if (option.isCommand) {
      const script = argv[scriptIndex];
      if (script === undefined) return { commands: [], isComplete: true };
      return fromScript(script, { program: shell, errexit: option.errexit, pipefail: option.pipefail }, once);
    }
    const path = wrapped[option.index + 1]?.text;
    if (path === undefined) return { commands: [], isComplete: false };
    return fromFile(path, once, { program: shell, errexit: option.errexit, pipefail: option.pipefail }, false);
  }
  const direct = new DirectCommand(wrapped, wrapped[0] ?? first.at);
  const isOfImage = !program.startsWith("/") || /^\/(usr\/|local\/)*s?bin\//.test(program);
  if (!isOfImage && findScript(program) !== undefined) {
    const run = fromFile(program, once, { program: "sh", errexit: false, pipefail: false }, true);
    return { ...run, commands: [direct, ...run.commands] };
  }
  return { commands: commandsStartedBy(direct) ?? [direct], isComplete: true };
}

/** More files than any script of people runs. */
const mostScripts = 50;

/** Finds each file once: a script that runs itself ends, and one that runs another on each of its lines reads it only there. */
function eachOnce(findScript: FindScript): FindScript {
  const found = new Set<string>();
  return (path) => {
    if (found.has(path) || found.size === mostScripts) return undefined;
    found.add(path);
    return findScript(path);
  };
}

/** `isProgram`: the kernel reads its first line; a shell that is given the file does not. */
function fromFile(path: string, findScript: FindScript, start: ShellStart, isProgram: boolean): ArgvRun {
  const script = findScript(path);
  if (script === undefined || script.value === undefined) return { commands: [], isComplete: false };
  const shebang = /^#!\s*(?:\S*\/)?(?:env\s+)?(\w+)([^\n]*)/.exec(script.value);
  if (shebang === null) return fromScript(script, start, findScript);
  const [, program = start.program, options = ""] = shebang;
  if (!shells.test(program)) return { commands: [], isComplete: false };
  if (!isProgram) return fromScript(script, start, findScript);
  const own = { ...start, program, errexit: start.errexit || /\s-\w*e/.test(options) };
  return fromScript(script, own, findScript);
}

function fromScript(script: Fact<string>, { program, ...options }: ShellStart, findScript: FindScript): ArgvRun {
  // A script with ${VAR} is normal shell, so the raw text is read although its value counts as "filled in later".
  const text = script.value ?? (isNode(script.at) ? script.at.text() : undefined);
  if (text === undefined) return { commands: [], isComplete: false };
  const node = script.at;
  const placeOf = (span: Span): Place => partOf(node, text, span);
  const own = parseShell(text, { program, ...options }, placeOf);
  const commands = own.flatMap((each) => [each, ...dumpsOfFile(each, findScript)]);
  return { commands, isComplete: own.length < mostCommands, script: { text, program, placeOf } };
}

/** The commands of a script file in view that a command runs, where a dump is among them: `bash /scripts/dump.sh`. */
function dumpsOfFile(command: Command, findScript: FindScript): readonly Command[] {
  const file = command.execIn === undefined ? fileStartedBy(command.words) : undefined;
  if (file === undefined) return [];
  const start = file.shell ?? {
    program: command.shell?.program ?? "sh",
    errexit: file.isSourced && command.shell?.errexit === true,
    pipefail: file.isSourced && command.shell?.pipefail === true,
  };
  const isProgram = file.shell === undefined && !file.isSourced;
  const { commands } = fromFile(file.path, findScript, start, isProgram);
  return commands.some(isDump) ? commandsWithin(command, commands) : [];
}

function wordsOf(argv: readonly Fact<string>[]): readonly Word[] {
  return argv.map(
    ({ at, value }) => new ScriptWord(() => at, whole, value, value ?? (isNode(at) ? (at.text() ?? "") : "")),
  );
}

/** Run without a shell; it stands where its program does. */
class DirectCommand extends ScriptPlace implements Command {
  readonly words: readonly Word[];
  readonly assignments: readonly Word[] = [];
  readonly variables: ReadonlyMap<string, string> = new Map();
  readonly feeds = undefined;
  readonly isLogged = true;
  readonly writesTo = undefined;
  readonly readsFrom = undefined;
  readonly input = undefined;
  readonly decidesExit = true;
  readonly unreached = undefined;
  readonly execIn = undefined;
  readonly isFailureIgnored = false;
  readonly isTested = false;
  readonly isConditional = false;
  readonly isCondition = false;
  readonly declaredIn = undefined;
  readonly shell = undefined;

  constructor(words: readonly Word[], at: Place) {
    super(() => at, whole);
    this.words = words;
  }
}
