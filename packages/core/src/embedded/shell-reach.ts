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
  for (const [index, command] of top.entries()) {
    const before = top[index - 1];
    if (before?.follows === "&&" && isFalse(before)) found.set(command, "it is behind false &&");
    if (command.within.some((compound) => isNeverTaken(compound, command, top, script)))
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

/** `if false; then …` without another branch in front of the command. */
function isNeverTaken(
  compound: Compound,
  command: SimpleCommand,
  all: readonly SimpleCommand[],
  script: string,
): boolean {
  if (compound.kind !== "if" && compound.kind !== "while") return false;
  const inside = all.filter(({ within }) => within.includes(compound));
  const [condition, next] = inside;
  if (condition === undefined || condition === command || !condition.isCondition || !isFalse(condition)) return false;
  if (/^(?:&&|\|\|?)$/.test(condition.follows)) return false;
  if (next?.isCondition === true && !isFalse(next)) return false;
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
