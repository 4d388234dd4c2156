import type { Span } from "../text/span.ts";
import type { Fact } from "../yaml/fact.ts";
import { isNode, type Place } from "../yaml/node.ts";
import { partOf } from "../yaml/part-of.ts";
import type { Command, Word } from "./command.ts";
import { ScriptPlace } from "./script-place.ts";
import { mostCommands, parseShell, ScriptWord, type ShellStart } from "./shell.ts";
import { skipWrappers } from "./wrappers.ts";

const shells = /^(?:\/(?:usr\/)?(?:local\/)?bin\/)?(sh|bash|ash|dash|zsh|ksh)$/;

/** Of a word that is a scalar of its own. */
const whole: Span = { start: 0, end: 0 };

/** Finds the text of a script file by its path in the container; undefined: not from a ConfigMap or Secret. */
export type FindScript = (path: string) => Fact<string> | undefined;

/**
 * The commands that an argv runs: itself, or the script of `sh -c`, or a script file that is in view.
 * `unknown` when a script is run whose text is not in view.
 */
export function commandsOfArgv(
  argv: readonly Fact<string>[],
  findScript: FindScript,
): { readonly commands: readonly Command[]; readonly isComplete: boolean } {
  const first = argv[0];
  if (first === undefined) return { commands: [], isComplete: true };
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
      return fromScript(script, { program: shell, errexit: option.errexit, pipefail: option.pipefail });
    }
    const path = wrapped[option.index + 1]?.text;
    if (path === undefined) return { commands: [], isComplete: false };
    return fromFile(path, findScript, { program: shell, errexit: option.errexit, pipefail: option.pipefail });
  }
  const direct = new DirectCommand(wrapped, wrapped[0] ?? first.at);
  if (program.startsWith("/") && !/^\/(usr\/|local\/)*s?bin\//.test(program)) {
    const found = findScript(program);
    if (found !== undefined) {
      const script = fromFile(program, findScript, { program: "sh", errexit: false, pipefail: false });
      return { commands: [direct, ...script.commands], isComplete: script.isComplete };
    }
  }
  return { commands: [direct], isComplete: true };
}

function fromFile(
  path: string,
  findScript: FindScript,
  start: ShellStart,
): { readonly commands: readonly Command[]; readonly isComplete: boolean } {
  const script = findScript(path);
  if (script === undefined || script.value === undefined) return { commands: [], isComplete: false };
  const shebang = /^#!\s*(?:\S*\/)?(?:env\s+)?(\w+)([^\n]*)/.exec(script.value);
  const isShell = shebang === null || shells.test(shebang[1] ?? "");
  if (!isShell) return { commands: [], isComplete: false };
  const options = shebang?.[2] ?? "";
  return fromScript(script, {
    program: shebang?.[1] ?? start.program,
    errexit: start.errexit || /\s-\w*e/.test(options),
    pipefail: start.pipefail,
  });
}

function fromScript(
  script: Fact<string>,
  start: ShellStart,
): { readonly commands: readonly Command[]; readonly isComplete: boolean } {
  // A script with ${VAR} is normal shell, so the raw text is read although its value counts as "filled in later".
  const text = script.value ?? (isNode(script.at) ? script.at.text() : undefined);
  if (text === undefined) return { commands: [], isComplete: false };
  const node = script.at;
  const commands = parseShell(text, start, (span) => partOf(node, text, span));
  return { commands, isComplete: commands.length < mostCommands };
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

function readShellOptions(words: readonly (string | undefined)[]): {
  readonly index: number;
  readonly isCommand: boolean;
  readonly errexit: boolean;
  readonly pipefail: boolean;
} {
  let errexit = false;
  let pipefail = false;
  let isCommand = false;
  let index = 0;
  for (; index < words.length; index++) {
    const word = words[index] ?? "";
    if (word === "--") {
      index++;
      break;
    }
    if (!/^[-+]/.test(word) || word === "-") break;
    if (word.startsWith("--")) continue;
    if (word.includes("e")) errexit = true;
    if (word.includes("c")) isCommand = true;
    if (word.endsWith("o")) {
      if (words[index + 1] === "pipefail") pipefail = true;
      if (words[index + 1] === "errexit") errexit = true;
      index++;
    }
  }
  return { index, isCommand, errexit, pipefail };
}
