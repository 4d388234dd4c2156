import { fileName } from "../text/scan.ts";
import type { Span } from "../text/span.ts";
import type { Place } from "../yaml/node.ts";

/** A word of a command line. `text` is undefined where it is known only when it runs: `"$(date)"`. */
export interface Word extends Place {
  readonly text: string | undefined;
  /** As written, quotes and variables included. */
  readonly raw: string;
}

/** What a here-document or here-string gives to a command, as written: with the variables and escapes that the shell would replace. */
export interface InputText extends Place {
  readonly text: string;
  /** Whether the shell fills in variables and substitutions: its delimiter (or word) is not quoted. */
  readonly expands: boolean;
  /** The place of a part of `text`. */
  inside(part: Span): Place;
}

/** The Pod or workload of a `kubectl exec`, as written: `orders-db-0`, `deploy/orders`. */
export interface ExecTarget {
  readonly pod: Word | undefined;
  /** Of `-n`; undefined: the namespace that kubectl is in. */
  readonly namespace: Word | undefined;
}

/** One simple command, from argv or from inside `sh -c` (also from a script of a mounted ConfigMap that argv runs). */
export interface Command extends Place {
  /** Program first; leading `VAR=value` assignments are in `assignments`. */
  readonly words: readonly Word[];
  readonly assignments: readonly Word[];
  /** The next command in the pipe. */
  readonly feeds: Command | undefined;
  /** The target of `>` or `>>`. */
  readonly writesTo: Word | undefined;
  /** What it writes to its standard output is in the log: no redirection, pipe or substitution takes it, in its script or around it. */
  readonly isLogged: boolean;
  /** The source of `<`. */
  readonly readsFrom: Word | undefined;
  /** What `<<` or `<<<` gives to its standard input, or to that of the compound around it. */
  readonly input: InputText | undefined;
  /** Assignments before it in the script, unquoted and otherwise as written: `out` is `/backup/orders-${day}.dump`. */
  readonly variables: ReadonlyMap<string, string>;
  /** The script's exit status depends on this command: it is last, or errexit holds, or `|| exit`, and no `|| true` hides it. */
  readonly decidesExit: boolean;
  /** `cmd || true`, `cmd || echo …`: its failure is swallowed on purpose. */
  readonly isFailureIgnored: boolean;
  /** The next statement looks at its status: `$?`, or `$PIPESTATUS` for what is in front of a pipe. */
  readonly isTested: boolean;
  /** In a loop, a branch, a condition, or after `||`: it may run never or often. */
  readonly isConditional: boolean;
  /** The condition of an `if`, `until` or `while` itself. */
  readonly isCondition: boolean;
  /** The name of the function in whose body it stands: it runs where that is called. */
  readonly declaredIn: string | undefined;
  /** Where `kubectl exec` runs it; undefined: it runs here. */
  readonly execIn: ExecTarget | undefined;
  /** Why no run comes to it: `the script ends before it`; undefined: one may. */
  readonly unreached: string | undefined;
  /** undefined: run directly, without a shell. */
  readonly shell: { readonly program: string; readonly errexit: boolean; readonly pipefail: boolean } | undefined;
}

const lines = new WeakMap<Command, string>();

/** The command as it is written, its leading assignments included, for a look at what a script does. */
export function writtenLine(command: Command): string {
  let line = lines.get(command);
  if (line === undefined) {
    line = [...command.assignments, ...command.words].map((word) => word.raw).join(" ");
    lines.set(command, line);
  }
  return line;
}

/** The program's name without its folder; empty where it is known only when it runs. */
export function programOf({ words }: Pick<Command, "words">): string {
  return fileName(words[0]?.text ?? "");
}

/** The lines of commands that do something: what `echo` says to the log does not. */
export function linesOf(commands: readonly Command[]): readonly string[] {
  return commands.filter((command) => !isSaid(command)).map(writtenLine);
}

/** `echo Running alembic upgrade head`: words for the log, which nothing runs. */
export function isSaid({ words, feeds, writesTo }: Command): boolean {
  return /^(?:echo|printf|logger)$/.test(words[0]?.text ?? "") && feeds === undefined && writesTo === undefined;
}

/** What runs after a command of a script; the body of a function where it is called. */
export function commandsAfter(script: readonly Command[], command: Command): readonly Command[] {
  const bodies = new Map<string, Command[]>();
  for (const each of script) {
    if (each.declaredIn === undefined) continue;
    const body = bodies.get(each.declaredIn);
    if (body === undefined) bodies.set(each.declaredIn, [each]);
    else body.push(each);
  }
  const found = new Set<Command>();
  const add = (each: Command): void => {
    if (found.has(each)) return;
    found.add(each);
    for (const inside of bodies.get(each.words[0]?.text ?? "") ?? []) add(inside);
  };
  const left = new Set<Command>();
  const addAfter = (from: Command): void => {
    if (left.has(from)) return;
    left.add(from);
    const same = script.slice(script.indexOf(from) + 1).filter((each) => each.declaredIn === from.declaredIn);
    for (const each of same) add(each);
    if (from.declaredIn === undefined) return;
    for (const call of script) if (call.words[0]?.text === from.declaredIn) addAfter(call);
  };
  addAfter(command);
  return [...found];
}
