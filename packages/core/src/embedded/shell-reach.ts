import { type Compound, functionCalls, type SimpleCommand } from "./shell-reader.ts";

/**
 * The commands of a script that no run comes to, and why: behind an `exit` that nothing guards, under `if false`, behind `false &&`,
 * in a function that nothing names. What a condition computes is not evaluated.
 */
export function unreachedIn(script: string, all: readonly SimpleCommand[]): ReadonlyMap<SimpleCommand, string> {
  const found = new Map<SimpleCommand, string>();
  const top = all.filter(({ depth }) => depth === 0);
  const end = top.findIndex((command, index) => isEnd(command, top[index - 1]));
  for (const [index, command] of top.entries())
    if (end >= 0 && index > end && command.declaredIn === undefined) found.set(command, "the script ends before it");
  const conditions = neverTrue(top);
  for (const [index, command] of top.entries()) {
    const before = top[index - 1];
    if (before?.follows === "&&" && isFalse(before)) found.set(command, "it is behind false &&");
    const condition = command.within.map((compound) => conditions.get(compound)).find((each) => each !== undefined);
    if (condition !== undefined && condition !== command && isFirstBranch(script, condition, command))
      found.set(command, "it is under if false");
  }
  for (const name of uncalled(all))
    for (const command of all)
      if (command.declaredIn === name) found.set(command, `nothing calls its function ${name}`);
  return found;
}

/** `exit`, or `exec` of another program, that every run comes to. */
function isEnd(command: SimpleCommand, before: SimpleCommand | undefined): boolean {
  const [first, second] = command.words;
  if (first?.text !== "exit" && !(first?.text === "exec" && second !== undefined)) return false;
  if (command.isConditional || command.declaredIn !== undefined || command.isFed || command.pipesInto) return false;
  if (command.within.length > 0 || command.follows === "&") return false;
  return before === undefined || !/^(?:&&|\|\|?)$/.test(before.follows);
}

function isFalse({ words, isNegated }: SimpleCommand): boolean {
  return words.length === 1 && words[0]?.text === "false" && !isNegated;
}

/** The conditions of the `if` and `while` that are `false` and nothing else. */
function neverTrue(all: readonly SimpleCommand[]): ReadonlyMap<Compound, SimpleCommand> {
  const firsts = new Map<Compound, SimpleCommand[]>();
  for (const command of all)
    for (const compound of command.within) {
      const begun = firsts.get(compound);
      if (begun === undefined) firsts.set(compound, [command]);
      else if (begun.length < 2) begun.push(command);
    }
  const found = new Map<Compound, SimpleCommand>();
  for (const [compound, [condition, next]] of firsts) {
    if (compound.kind !== "if" && compound.kind !== "while") continue;
    if (condition === undefined || !condition.isCondition || !isFalse(condition)) continue;
    if (/^(?:&&|\|\|?)$/.test(condition.follows) || next?.isCondition === true) continue;
    found.set(compound, condition);
  }
  return found;
}

/** No other branch begins in front of the command. */
function isFirstBranch(script: string, condition: SimpleCommand, command: SimpleCommand): boolean {
  return !/\b(?:else|elif)\b/.test(script.slice(condition.span.end, command.span.start));
}

/** Functions whose name stands nowhere else, in scripts that call nothing by a name that is known only when they run. */
function uncalled(all: readonly SimpleCommand[]): readonly string[] {
  const calls = functionCalls(all);
  if (calls.size === 0 || all.some(({ words }) => words[0] !== undefined && isComputed(words[0].raw))) return [];
  const said = new Set(
    all.flatMap(({ words, assignments }) => [...words, ...assignments].flatMap(({ raw }) => raw.split(/[^\w-]+/))),
  );
  return [...calls.keys()].filter((name) => !said.has(name));
}

/** `"$@"`, `eval`, `. lib.sh`: what runs is decided elsewhere. */
function isComputed(raw: string): boolean {
  return /[$`]/.test(raw) || /^(?:eval|source|\.)$/.test(raw);
}
