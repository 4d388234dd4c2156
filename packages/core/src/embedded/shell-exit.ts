import { type Compound, functionCalls, type SimpleCommand } from "./shell-reader.ts";

/** A command of a list, or a group of them, and what stands behind it. */
interface Element {
  readonly commands: readonly SimpleCommand[];
  readonly kind: Compound["kind"] | undefined;
  readonly follows: string;
}

/** What stands behind so many commands joined by `&&` and `||` changes nothing for the first. */
const longestList = 100;

interface Exit {
  decides(draft: SimpleCommand): boolean;
  /** `cmd || true`, `cmd || echo …`: somebody swallows the failure on purpose. */
  isIgnored(draft: SimpleCommand): boolean;
}

/** As deep as calls of functions by functions are followed. */
const deepestCall = 5;

/** Which failures reach the exit status of a script: in the body of a function, those that reach its status where its call does. */
export function exitOf(all: readonly SimpleCommand[]): Exit {
  const calls = functionCalls(all);
  const bodies = new Map([undefined, ...calls.keys()].map((name) => [name, [] as SimpleCommand[]]));
  for (const command of all) bodies.get(command.declaredIn)?.push(command);
  const exits = new Map([...bodies].map(([name, commands]) => [name, exitOfList(commands)]));
  const callsOf = (command: SimpleCommand): readonly SimpleCommand[] => calls.get(command.declaredIn ?? "") ?? [];
  const decides = (command: SimpleCommand, depth = 0): boolean => {
    if (exits.get(command.declaredIn)?.decides(command) !== true) return false;
    const from = callsOf(command);
    return from.length === 0 || depth === deepestCall || from.some((call) => decides(call, depth + 1));
  };
  const isIgnored = (command: SimpleCommand, depth = 0): boolean => {
    if (exits.get(command.declaredIn)?.isIgnored(command) === true) return true;
    const from = callsOf(command);
    return from.length > 0 && depth < deepestCall && from.every((call) => isIgnored(call, depth + 1));
  };
  return { decides: (command) => decides(command), isIgnored: (command) => isIgnored(command) };
}

/**
 * Of the commands of a script or of one function. A list of `&&` and `||` stops at a failure up to the next `||`; its status
 * counts when it is the last statement; errexit looks at the last command of a list only.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#set
 */
function exitOfList(all: readonly SimpleCommand[]): Exit {
  const drafts = all.filter((draft) => draft.depth === 0);
  const last = lastThatCounts(drafts);
  const indexOf = new Map(drafts.map((draft, index) => [draft, index]));
  /** The commands of a group stand together. */
  const commandsOf = (group: unknown, from: number): readonly SimpleCommand[] => {
    let end = from;
    while (drafts[end]?.within.some((each) => each === group) === true) end++;
    return drafts.slice(from, end);
  };
  /** The rest of the list that the command stands in, itself first; what is grouped counts as one. */
  const listFrom = (draft: SimpleCommand): readonly Element[] => {
    const list: Element[] = [{ commands: [draft], kind: undefined, follows: draft.follows }];
    for (let tail = draft; /^(&&|\|\|?)$/.test(tail.follows); ) {
      const next = (indexOf.get(tail) ?? drafts.length) + 1;
      const first = drafts[next];
      if (first === undefined || list.length === longestList) break;
      const group = groupsOf(first).find((each) => !draft.within.includes(each));
      const commands = group === undefined ? [first] : commandsOf(group, next);
      tail = commands.at(-1) ?? first;
      list.push({ commands, kind: group?.kind, follows: tail.follows });
    }
    return list;
  };
  const endsScript = (list: readonly Element[]): boolean => list.at(-1)?.commands.at(-1) === last;
  const endOfPipe = (list: readonly Element[]): Element | undefined => list.find((each) => each.follows !== "|");
  const hasWeight = (draft: SimpleCommand, list: readonly Element[]): boolean =>
    endsScript(list) || (draft.errexit && !draft.isCondition && endOfPipe(list) === list.at(-1));
  /** What the `||` behind a failure makes of it; undefined: none catches it. */
  const caught = (list: readonly Element[]): "script ends" | "list fails" | "swallowed" | undefined => {
    const catcher = list[list.findIndex((each) => each.follows === "||") + 1];
    if (catcher === undefined || catcher === list[0]) return undefined;
    // `exit` in a subshell ends the subshell only.
    if (ends(catcher.commands)) return catcher.kind === "subshell" ? "list fails" : "script ends";
    return catcher.commands.at(-1)?.words[0]?.text === "false" ? "list fails" : "swallowed";
  };
  const isIgnored = (draft: SimpleCommand): boolean => {
    if (draft.depth > 0) return false;
    const list = listFrom(draft);
    const fate = caught(list);
    return fate === "swallowed" || (fate === "list fails" && !endsScript(list) && !draft.errexit);
  };
  const decides = (draft: SimpleCommand): boolean => {
    if (draft.depth > 0 || draft.isNegated || (draft.pipesInto && !draft.pipefail) || isIgnored(draft)) return false;
    const list = listFrom(draft);
    if (endOfPipe(list)?.follows === "&") return false;
    return caught(list) !== undefined || hasWeight(draft, list);
  };
  return { decides, isIgnored };
}

/** The `{ }` and `( )` around a command. */
function groupsOf({ within }: SimpleCommand): readonly Compound[] {
  return within.filter(({ kind }) => kind === "braces" || kind === "subshell");
}

/** The last command, or the one before an `exit` that hands its status on. */
function lastThatCounts(drafts: readonly SimpleCommand[]): SimpleCommand | undefined {
  const last = drafts.at(-1);
  const isPassedOn =
    last?.words[0]?.text === "exit" && (last.words[1] === undefined || /^"?\$\{?\?\}?"?$/.test(last.words[1].raw));
  return isPassedOn ? (drafts.at(-2) ?? last) : last;
}

/** `exit 1`, also as the end of `{ echo failed; exit 1; }`; what helpers are called that end a script is taken at its word. */
function ends(commands: readonly SimpleCommand[]): boolean {
  return commands.some(({ words }, index) => {
    const program = words[0]?.text ?? "";
    if (/^(die|fail|error_exit)$/.test(program)) return true;
    if (program !== "exit" && program !== "return") return false;
    // Without a number it hands on the status of what ran before it: the failure, or the success of an echo.
    return words[1] === undefined ? index === 0 : words[1].text !== "0";
  });
}
