import { append } from "../text/append.ts";
import type { Span } from "../text/span.ts";
import type { Place } from "../yaml/node.ts";
import type { Command, Word } from "./command.ts";
import { type PlaceOf, ScriptPlace } from "./script-place.ts";
import { type ExitDraft, exitOf } from "./shell-exit.ts";
import { type ShellToken, scanShell } from "./shell-words.ts";

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

type Verdict = Pick<Command, "variables" | "feeds" | "decidesExit" | "isFailureIgnored" | "isTested" | "shell">;

class ScriptCommand extends ScriptPlace implements Command {
  readonly words: readonly Word[];
  readonly assignments: readonly Word[];
  readonly variables: ReadonlyMap<string, string>;
  readonly feeds: Command | undefined;
  readonly writesTo: Word | undefined;
  readonly readsFrom: Word | undefined;
  readonly decidesExit: boolean;
  readonly isFailureIgnored: boolean;
  readonly isTested: boolean;
  readonly isConditional: boolean;
  readonly shell: Command["shell"];

  constructor(placeOf: PlaceOf, draft: Draft, verdict: Verdict) {
    super(placeOf, draft.span);
    this.words = draft.words;
    this.assignments = draft.assignments;
    this.variables = verdict.variables;
    this.feeds = verdict.feeds;
    this.writesTo = draft.writesTo;
    this.readsFrom = draft.readsFrom;
    this.decidesExit = verdict.decidesExit;
    this.isFailureIgnored = verdict.isFailureIgnored;
    this.isTested = verdict.isTested;
    this.isConditional = draft.isConditional;
    this.shell = verdict.shell;
  }
}

interface Draft extends ExitDraft {
  assignments: Word[];
  writesTo: Word | undefined;
  readsFrom: Word | undefined;
  span: Span;
  isConditional: boolean;
}

/** More simple commands than any script for people has; what stands behind them is not read, and counts as not in view. */
export const mostCommands = 2000;
/** As deep as `$( )`, `{ }` and `( )` are read. */
const deepest = 50;

const openers = new Set(["if", "elif", "while", "until"]);
const transparent = new Set(["then", "else", "do", "{", "}", "!", "fi", "done", "time", "esac"]);

/**
 * The simple commands of a script in the order written. Control flow is not evaluated: what stands in a condition or a
 * branch is `isConditional`; `set -e` and `set -o pipefail` hold from where they are written.
 */
export function parseShell(script: string, start: ShellStart, placeOf: PlaceOf): readonly Command[] {
  const drafts = draftCommands(script, start, placeOf);
  const visible = drafts.filter((draft) => draft.words.length > 0);
  const exit = exitOf(visible);
  const asksStatus = (draft: Draft): boolean =>
    [...draft.assignments, ...draft.words].some((word) => /\$\{?(\?|PIPESTATUS)/.test(word.raw));
  const tested = new Set(drafts.slice(0, Math.max(0, drafts.findLastIndex(asksStatus))));
  const variables = variablesBefore(drafts);
  const backwards: Command[] = [];
  // Backwards, so that the command a pipe feeds exists already; the next one of a script and that of a substitution in it.
  const next = new Map<boolean, Command>();
  for (let index = visible.length - 1; index >= 0; index--) {
    const draft = visible[index];
    if (draft === undefined) continue;
    const command = new ScriptCommand(placeOf, draft, {
      variables: variables.get(draft) ?? new Map(),
      // `pg_dump | aws s3 cp - "s3://dumps/$(date)"`: the pipe goes past the substitution.
      feeds: draft.pipesInto ? next.get(draft.isNested) : undefined,
      decidesExit: exit.decides(draft),
      isFailureIgnored: exit.isIgnored(draft),
      isTested: tested.has(draft),
      shell: { program: start.program, errexit: draft.errexit, pipefail: draft.pipefail },
    });
    next.set(draft.isNested, command);
    backwards.push(command);
  }
  return backwards.reverse();
}

/** What a script has assigned on lines of their own before each command; branches are not told apart. */
function variablesBefore(drafts: readonly Draft[]): ReadonlyMap<Draft, ReadonlyMap<string, string>> {
  const found = new Map<Draft, ReadonlyMap<string, string>>();
  let current: ReadonlyMap<string, string> = new Map();
  for (const draft of drafts) {
    found.set(draft, current);
    const isExport = /^(export|local|readonly|declare)$/.test(draft.words[0]?.text ?? "");
    const written = isExport ? draft.words.slice(1) : draft.words.length === 0 ? draft.assignments : [];
    const pairs = written.flatMap(({ raw }) => {
      const match = /^([A-Za-z_]\w*)=(.*)$/s.exec(raw);
      return match === null ? [] : [[match[1] ?? "", (match[2] ?? "").replaceAll(/["']/g, "")] as const];
    });
    if (pairs.length > 0) current = new Map([...current, ...pairs]);
  }
  return found;
}

function draftCommands(script: string, start: ShellStart, placeOf: PlaceOf, depth = 0): Draft[] {
  const tokens = scanShell(script);
  const drafts: Draft[] = [];
  const state = {
    errexit: start.errexit,
    pipefail: start.pipefail,
    conditionDepth: 0,
    inCondition: false,
    caseDepth: 0,
    groups: [] as ExitDraft["groups"],
    lastGroup: 0,
  };
  let unread = 0;
  let lastOwn: Draft | undefined;
  // What stands behind `}`, `)`, `fi` or `done` stands behind the last command in it.
  let hasClosed = false;
  const close = (): void => {
    if (unread > 0) unread--;
    else state.groups = state.groups.slice(0, -1);
    hasClosed = true;
  };
  const openGroup = (kind: "braces" | "subshell"): void => {
    if (state.groups.length === deepest) unread++;
    else state.groups = [...state.groups, { id: ++state.lastGroup, kind }];
  };
  const fresh = (at: number): Draft => ({
    words: [],
    assignments: [],
    writesTo: undefined,
    readsFrom: undefined,
    span: { start: at, end: at },
    pipesInto: false,
    follows: "",
    isConditional: state.inCondition || state.conditionDepth > 0,
    isCondition: state.inCondition,
    groups: state.groups,
    isNested: false,
    errexit: state.errexit,
    pipefail: state.pipefail,
    isNegated: false,
  });
  let current = fresh(0);
  const finish = (follows: string, at: number): void => {
    current.follows = follows;
    current.pipesInto = follows === "|";
    if (current.words.length > 0 || current.assignments.length > 0) {
      drafts.push(current);
      lastOwn = current;
      applySet(current, state);
      hasClosed = false;
    } else if (hasClosed && /^(&&|\|\|?|&)$/.test(follows)) {
      if (lastOwn !== undefined) {
        lastOwn.follows = follows;
        lastOwn.pipesInto = follows === "|";
      }
      hasClosed = false;
    }
    current = fresh(at);
  };
  for (let index = 0; index < tokens.length && drafts.length < mostCommands; index++) {
    const token = tokens[index];
    if (token === undefined) continue;
    if (token.kind === "separator") {
      finish(token.text === "&" ? "&" : ";", token.span.end);
      continue;
    }
    if (token.kind === "operator") {
      // `name() {` declares a function: its name is no command.
      if (token.text === "(" && current.words.length === 1 && tokens[index + 1]?.text === ")") {
        current = fresh(token.span.end);
        index++;
        continue;
      }
      // `pattern)` of a case is no command.
      if (token.text === ")" && state.caseDepth > 0 && current.words.length === 1) current = fresh(token.span.end);
      else if (token.text === "(" || token.text === ")") {
        finish(";", token.span.end);
        if (token.text === "(") openGroup("subshell");
        else close();
        current = fresh(token.span.end);
      } else finish(token.text ?? "", token.span.end);
      continue;
    }
    if (token.kind === "redirect") {
      const target = tokens[index + 1];
      if (target?.kind === "word" && !/[<>]&$/.test(token.text ?? "")) {
        const word = wordOf(script, target, placeOf);
        if (/^(1|&)?>{1,2}\|?$/.test(token.text ?? "")) current.writesTo = word;
        if (token.text === "<") current.readsFrom = word;
        current.span = { start: current.span.start, end: target.span.end };
        index++;
      } else if (target?.kind === "word") index++;
      continue;
    }
    for (const inner of token.substitutions)
      if (depth < deepest) append(drafts, nested(script, inner, start, placeOf, state, depth + 1));
    if (current.words.length === 0) {
      const keyword = script.slice(token.span.start, token.span.end);
      if (openers.has(keyword)) {
        if (keyword !== "elif") state.conditionDepth++;
        state.inCondition = true;
        current = fresh(token.span.end);
        continue;
      }
      if (keyword === "for" || keyword === "case" || keyword === "select") {
        state.conditionDepth++;
        // The list of a loop is no command; skip to the end of its line or `do`.
        while (
          tokens[index + 1] !== undefined &&
          tokens[index + 1]?.kind !== "separator" &&
          tokens[index + 1]?.text !== "in"
        )
          index++;
        if (keyword === "for")
          while (tokens[index + 1] !== undefined && tokens[index + 1]?.kind !== "separator") index++;
        current = fresh(token.span.end);
        if (keyword === "case") {
          state.caseDepth++;
          if (tokens[index + 1]?.text === "in") index++;
        }
        continue;
      }
      if (transparent.has(keyword)) {
        if (keyword === "then" || keyword === "do" || keyword === "else") state.inCondition = false;
        if (keyword === "{") openGroup("braces");
        if (keyword === "}") close();
        if (keyword === "esac") state.caseDepth = Math.max(0, state.caseDepth - 1);
        if (keyword === "fi" || keyword === "done" || keyword === "esac") {
          state.conditionDepth = Math.max(0, state.conditionDepth - 1);
          state.inCondition = false;
          hasClosed = true;
        }
        current = { ...fresh(token.span.end), isNegated: keyword === "!" };
        continue;
      }
      if (/^[A-Za-z_]\w*\+?=/.test(keyword)) {
        current.assignments.push(wordOf(script, token, placeOf));
        current.span = {
          start: current.assignments.length === 1 ? token.span.start : current.span.start,
          end: token.span.end,
        };
        continue;
      }
      if (current.assignments.length === 0) current.span = token.span;
    }
    current.words.push(wordOf(script, token, placeOf));
    current.span = { start: current.span.start, end: token.span.end };
  }
  finish("", script.length);
  return drafts;
}

function nested(
  script: string,
  inner: Span,
  start: ShellStart,
  placeOf: PlaceOf,
  state: { errexit: boolean; pipefail: boolean },
  depth: number,
): Draft[] {
  if (inner.end <= inner.start) return [];
  const shift = (span: Span): Place => placeOf({ start: span.start + inner.start, end: span.end + inner.start });
  const options = { ...start, errexit: state.errexit, pipefail: state.pipefail };
  return draftCommands(script.slice(inner.start, inner.end), options, shift, depth).map((draft) => ({
    ...draft,
    isNested: true,
    span: { start: draft.span.start + inner.start, end: draft.span.end + inner.start },
  }));
}

function wordOf(script: string, token: ShellToken, placeOf: PlaceOf): Word {
  return new ScriptWord(placeOf, token.span, token.text, script.slice(token.span.start, token.span.end));
}

/** `set -e`, `set -euo pipefail`, `set +e`, also as the first line of a sourced prelude. */
function applySet(draft: Draft, state: { errexit: boolean; pipefail: boolean }): void {
  if (draft.words[0]?.text !== "set") return;
  let nameFollows: boolean | undefined;
  for (const word of draft.words.slice(1)) {
    const text = word.text ?? "";
    if (nameFollows !== undefined) {
      if (text === "pipefail") state.pipefail = nameFollows;
      if (text === "errexit") state.errexit = nameFollows;
      nameFollows = undefined;
      continue;
    }
    if (!/^[-+][A-Za-z]+$/.test(text)) break; // what follows are the script's arguments
    const isOn = text.startsWith("-");
    if (text.includes("e")) state.errexit = isOn;
    if (text.includes("o")) nameFollows = isOn;
  }
}
