import { append } from "../text/append.ts";
import type { Span } from "../text/span.ts";
import {
  afterParenthesis,
  lookForArithmetic,
  readWord,
  type ScriptAround,
  type ShellWord,
  type WordMode,
} from "./shell-words.ts";

/** What encloses commands. function: `name () { … }`, around the braces of its body. */
export interface Compound {
  readonly kind: "braces" | "subshell" | "function" | "if" | "while" | "until" | "for" | "select" | "case";
}

/** The text that `<<` or `<<<` gives. */
interface HereText {
  /** The lines, or the word without the quotes around it. What `<<-` removes (tabs) and what escapes is still in it. */
  readonly span: Span;
  /** Whether the shell fills in variables and substitutions. */
  readonly expands: boolean;
}

export interface Redirect {
  /** `>`, `>>`, `>|`, `<`, `<>`, `<<`, `<<-`, `<<<`, `>&`, `<&`, `&>`, `&>>`. */
  readonly operator: string;
  /** `2` of `2>`, `{log}` of `{log}>`. */
  readonly descriptor: string;
  /** Of a here-document its delimiter. */
  readonly target: ShellWord | undefined;
  here: HereText | undefined;
}

export interface SimpleCommand {
  /** Those of `[[ … ]]` are its operators too; `(( … ))` is one word. */
  words: ShellWord[];
  assignments: ShellWord[];
  redirects: Redirect[];
  /** Those behind the compounds in which it stands, innermost first. */
  redirectsAround: Redirect[];
  span: Span;
  /** What stands behind it: `||`, `&&`, `|`, `&`, or the end of the statement. */
  follows: string;
  /** In front of a `|`, alone or as a part of what is grouped there. */
  pipesInto: boolean;
  /** Behind a `|`. */
  isFed: boolean;
  /** The first command after the `|`. */
  feeds: SimpleCommand | undefined;
  /** In the condition of an `if`, `while` or `until`, not in what it guards. */
  readonly isCondition: boolean;
  /** In a condition, a branch or a loop, or after `||`. */
  readonly isConditional: boolean;
  /** What is around it inside its script or substitution, outermost first; what is too deep is left out. */
  readonly within: readonly Compound[];
  /** The name of the function in whose body it stands. */
  readonly declaredIn: string | undefined;
  /** How many `$( )`, `<( )` and backticks are around it. */
  readonly depth: number;
  /** Those of a function's body hold too where it is called. */
  errexit: boolean;
  pipefail: boolean;
  readonly isNegated: boolean;
}

export interface ShellOptions {
  readonly errexit: boolean;
  readonly pipefail: boolean;
}

/** More simple commands than any script for people has; what stands behind them is not read, and counts as not in view. */
export const mostCommands = 2000;
/** As deep as substitutions and compounds are told apart. */
const deepest = 50;

interface Frame extends Compound {
  /** Itself included. */
  readonly within: readonly Compound[];
  readonly isConditional: boolean;
  readonly declaredIn: string | undefined;
  isCondition: boolean;
  /** `case`: what comes next is a pattern. */
  expectsPattern: boolean;
  /** How many commands stand before it. */
  readonly begin: number;
  /** What holds again behind a subshell. */
  readonly options: ShellOptions;
}

/** A compound that has just closed: redirections and operators that come now are for all that is in it. */
interface Closed {
  readonly begin: number;
  readonly redirects: Redirect[];
}

/** What a substitution takes over from the command in which it stands. */
interface Surroundings {
  readonly depth: number;
  readonly isConditional: boolean;
  readonly declaredIn: string | undefined;
  options: ShellOptions;
}

/** A script, or the inside of one substitution. */
interface Level extends Surroundings {
  readonly frames: Frame[];
  /** What is being read; undefined between two commands. */
  current: SimpleCommand | undefined;
  /** After `!`. */
  isNegated: boolean;
  /** After a `||` of the same list: what comes runs when something has failed. */
  isFallback: boolean;
  subshells: number;
  closed: Closed | undefined;
  last: SimpleCommand | undefined;
  /** Commands in front of a `|` whose other side has not come yet. */
  feeding: readonly SimpleCommand[];
  /** Here-documents whose lines have not come yet. */
  pending: { readonly redirect: Redirect; readonly delimiter: string; readonly stripsTabs: boolean }[];
  /** After `name ()` or `function name`: what opens next is its body. */
  declares: string | undefined;
}

const closing: Readonly<Record<string, RegExp>> = {
  fi: /^if$/,
  done: /^(while|until|for|select)$/,
  esac: /^case$/,
  "}": /^braces$/,
};
const redirectOperator = /(?:\d{1,4}|\{[A-Za-z_]\w{0,60}\}|&(?=>))?(?:<<<|<<-|<<|<>|<&|<(?!\()|>>|>&|>\||>(?!\())/y;
const separators = [";;&", ";;", ";&", ";", "&&", "||", "|&", "|", "&"];

/**
 * The simple commands of a POSIX or bash script in the order written, those of a substitution before the command in which it stands,
 * those in the lines of a here-document behind it. Control flow is not evaluated. Total: of a broken script what is legible.
 * https://www.gnu.org/software/bash/manual/bash.html#Shell-Commands
 */
export function readShell(script: string, options: ShellOptions): readonly SimpleCommand[] {
  const commands: SimpleCommand[] = [];
  new ShellReader(script, 0, commands).read({ ...atTop, options });
  inheritOptions(commands);
  return commands;
}

/** Calls of the functions that a script declares. */
export function functionCalls(commands: readonly SimpleCommand[]): ReadonlyMap<string, readonly SimpleCommand[]> {
  const calls = new Map<string, SimpleCommand[]>();
  for (const command of commands) {
    const name = command.declaredIn;
    if (name !== undefined && !calls.has(name)) calls.set(name, []);
  }
  if (calls.size === 0) return calls;
  for (const command of commands) {
    const name = command.words[0]?.text ?? "";
    if (command.declaredIn !== name) calls.get(name)?.push(command);
  }
  return calls;
}

/** A function runs with the options that hold where it is called; twice, for what is called by what is called. */
function inheritOptions(commands: readonly SimpleCommand[]): void {
  const calls = functionCalls(commands);
  if (calls.size === 0) return;
  const inBodies = commands.filter(({ declaredIn }) => declaredIn !== undefined);
  for (const _ of [1, 2]) {
    const optionsOf = new Map(
      [...calls].map(([name, of]) => [
        name,
        { errexit: of.some(({ errexit }) => errexit), pipefail: of.some(({ pipefail }) => pipefail) },
      ]),
    );
    for (const command of inBodies) {
      const { errexit = false, pipefail = false } = optionsOf.get(command.declaredIn ?? "") ?? {};
      command.errexit ||= errexit;
      command.pipefail ||= pipefail;
    }
  }
}

class ShellReader implements ScriptAround {
  readonly #script: string;
  readonly #commands: SimpleCommand[];
  #at: number;
  #level: Level | undefined;
  /** How far all looks ahead together may go: they stay in proportion to the script. */
  #lookAhead: number;

  constructor(script: string, begin: number, commands: SimpleCommand[]) {
    this.#script = script;
    this.#at = begin;
    this.#commands = commands;
    this.#lookAhead = 4 * (script.length - begin);
  }

  /** Reads up to the text's end, or up to the parenthesis that closes a substitution; the offset after it. */
  read(surroundings: Surroundings, closer?: ")"): number {
    const outer = this.#level;
    const level: Level = {
      ...surroundings,
      frames: [],
      subshells: 0,
      closed: undefined,
      last: undefined,
      feeding: [],
      pending: [],
      declares: undefined,
      current: undefined,
      isNegated: false,
      isFallback: false,
    };
    this.#level = level;
    const script = this.#script;
    while (this.#commands.length < mostCommands) {
      this.#skipBlanks();
      const at = this.#at;
      if (at >= script.length) break;
      if (closer === ")" && script[at] === ")" && level.subshells === 0) {
        this.#at++;
        break;
      }
      this.#step(level);
    }
    this.#finish(level, "");
    // `$(cat <<END)`: the lines come after the line that the substitution ends on.
    if (outer !== undefined) for (const each of level.pending) outer.pending.push(each);
    this.#level = outer;
    return this.#at;
  }

  readSubstitution(start: number, closer: ")" | "`"): number {
    const inside = this.#level === undefined ? atTop : surroundingsIn(this.#level);
    const isTooDeep = inside.depth > deepest;
    if (closer === ")") {
      if (isTooDeep) return afterParenthesis(this.#script, start);
      const before = this.#at;
      this.#at = start;
      const end = this.read(inside, ")");
      this.#at = before;
      return end;
    }
    let end = start;
    while (end < this.#script.length && this.#script[end] !== "`") end += this.#script[end] === "\\" ? 2 : 1;
    if (!isTooDeep) new ShellReader(this.#script.slice(0, end), start, this.#commands).read(inside);
    return end + 1;
  }

  isArithmetic(at: number): boolean {
    if (this.#lookAhead <= 0) return true;
    const found = lookForArithmetic(this.#script, at);
    this.#lookAhead -= found.end - at;
    return found.isArithmetic;
  }

  #step(level: Level): void {
    const script = this.#script;
    const character = script[this.#at] ?? "";
    if (character === "\n") {
      // After `|`, `&&` and `||` the line goes on.
      if (level.current !== undefined || level.closed !== undefined) this.#finish(level, ";");
      this.#at++;
      this.#readHereDocuments(level);
      return;
    }
    if (level.frames.at(-1)?.expectsPattern === true) {
      this.#readPattern(level);
      return;
    }
    redirectOperator.lastIndex = this.#at;
    const redirect = "0123456789{&<>".includes(character) ? redirectOperator.exec(script)?.[0] : undefined;
    if (redirect !== undefined) {
      this.#readRedirect(level, redirect);
      return;
    }
    const separator = ";&|".includes(character)
      ? separators.find((each) => script.startsWith(each, this.#at))
      : undefined;
    if (separator !== undefined) {
      this.#at += separator.length;
      this.#finish(level, separator === "|&" ? "|" : separator.startsWith(";") ? ";" : separator);
      const frame = level.frames.at(-1);
      if (separator.length > 1 && separator.startsWith(";") && frame?.kind === "case") frame.expectsPattern = true;
      return;
    }
    if (character === "(" || character === ")") {
      this.#readParenthesis(level, character);
      return;
    }
    if (level.current !== undefined && level.current.words.length > 0) {
      this.#addWord(level, this.#word());
      return;
    }
    this.#readCommandWord(level);
  }

  /** The first word of a command: a reserved word, an assignment, or the program. */
  #readCommandWord(level: Level): void {
    const script = this.#script;
    const isNegation = script.startsWith("!(", this.#at);
    const word = isNegation ? { span: { start: this.#at, end: this.#at + 1 }, text: "!", raw: "!" } : this.#word();
    if (isNegation) this.#at++;
    const written = word.raw.slice(0, 200);
    if (level.current === undefined && this.#readReserved(level, written)) return;
    if (/^[A-Za-z_]\w*(?:\[[^\]]*\])?\+?=/.test(written)) {
      this.#extend(level, word.span).assignments.push(word);
      return;
    }
    this.#addWord(level, word);
    if (written === "[[") this.#readTest(level);
  }

  #readReserved(level: Level, word: string): boolean {
    const frame = level.frames.at(-1);
    switch (word) {
      case "if":
      case "while":
      case "until":
        this.#open(level, word, true);
        break;
      case "then":
      case "do":
      case "else":
        if (frame !== undefined) frame.isCondition = level.frames.at(-2)?.isCondition ?? false;
        break;
      case "elif":
        if (frame !== undefined) frame.isCondition = true;
        break;
      case "for":
      case "select":
        this.#readLoopHead(level);
        this.#open(level, word);
        break;
      case "case": {
        this.#skipBlanks();
        this.#word();
        this.#skipBlanks(true);
        if (/^in(?![^ \t\r\n])/.test(this.#script.slice(this.#at, this.#at + 3))) this.#at += 2;
        const opened = this.#open(level, "case");
        opened.expectsPattern = true;
        break;
      }
      case "{":
        this.#open(level, "braces");
        break;
      case "}":
      case "fi":
      case "done":
      case "esac":
        this.#close(level, closing[word] ?? /^$/);
        break;
      case "!":
        level.isNegated = true;
        return true;
      case "time":
        this.#skipBlanks();
        if (/^-p[ \t]/.test(this.#script.slice(this.#at, this.#at + 3))) this.#at += 2;
        break;
      case "coproc":
        this.#skipBlanks();
        this.#skip(/[A-Za-z_]\w{0,60}(?=[ \t]+(?:[{(]|(?:while|until|if|for|case)[ \t]))/y);
        break;
      case "function":
        this.#skipBlanks();
        level.declares = this.#atWordEnd() ? "" : this.#word().raw;
        this.#skip(/[ \t]{0,8}\([ \t]{0,8}\)/y);
        break;
      default:
        return false;
    }
    level.isNegated = false;
    return true;
  }

  /** `for name in words`, `for ((…; …; …))`: its words are no commands, what is substituted in them is. */
  #readLoopHead(level: Level): void {
    this.#skipBlanks();
    if (this.#script.startsWith("((", this.#at)) {
      this.#word("arithmetic");
      return;
    }
    if (this.#atWordEnd()) return;
    this.#word();
    this.#skipBlanks(true);
    if (!/^in(?![^ \t\r\n;])/.test(this.#script.slice(this.#at, this.#at + 3))) return;
    this.#at += 2;
    for (this.#skipBlanks(); !this.#atWordEnd(); this.#skipBlanks()) this.#word();
    level.closed = undefined;
  }

  #atWordEnd(): boolean {
    return this.#at >= this.#script.length || /[;&|()\n]/.test(this.#script[this.#at] ?? "");
  }

  /** `(a|b)` or `a|b)` of a `case`, or its end. */
  #readPattern(level: Level): void {
    const frame = level.frames.at(-1);
    if (frame === undefined) return;
    const first = this.#script[this.#at];
    if (first === "(") this.#at++;
    for (;;) {
      this.#skipBlanks();
      const character = this.#script[this.#at] ?? "";
      if (character === "|") {
        this.#at++;
        continue;
      }
      if (character === ")") this.#at++;
      // What is no pattern is read as commands.
      if (this.#atWordEnd() || character === ")") break;
      const word = this.#word();
      if (first !== "(" && word.raw === "esac") {
        this.#close(level, /^case$/);
        break;
      }
    }
    frame.expectsPattern = false;
  }

  /** Behind `[[`: up to `]]`, or where it cannot go on. */
  #readTest(level: Level): void {
    let before = "[[";
    for (;;) {
      this.#skipBlanks(/^(\[\[|&&|\|\||\(|!)$/.test(before));
      const character = this.#script[this.#at] ?? "";
      if (character === "" || character === "\n" || character === ";") return;
      const length = /^(&&|\|\|)/.test(this.#script.slice(this.#at, this.#at + 2))
        ? 2
        : /[()<>&|]/.test(character)
          ? 1
          : 0;
      if (length > 0 && before !== "=~" && !/^[<>]\(/.test(this.#script.slice(this.#at, this.#at + 2))) {
        const span = { start: this.#at, end: this.#at + length };
        before = this.#script.slice(span.start, span.end);
        this.#addWord(level, { span, text: before, raw: before });
        this.#at = span.end;
        continue;
      }
      const word = this.#word(before === "=~" ? "regex" : "plain");
      before = word.raw;
      this.#addWord(level, word);
      if (before === "]]") return;
    }
  }

  #readParenthesis(level: Level, character: "(" | ")"): void {
    const { current } = level;
    if (
      character === "(" &&
      current === undefined &&
      this.#script[this.#at + 1] === "(" &&
      this.isArithmetic(this.#at)
    ) {
      this.#addWord(level, this.#word("arithmetic"));
      return;
    }
    this.#at++;
    if (character === ")") {
      this.#finish(level, ";");
      this.#close(level, /^subshell$/);
      return;
    }
    if (current?.words.length === 1 && current.assignments.length === 0) {
      // `name() {` declares a function: its name is no command.
      this.#skipBlanks();
      if (this.#script[this.#at] === ")") {
        this.#at++;
        level.current = undefined;
        level.declares = current.words[0]?.raw ?? "";
        return;
      }
    }
    if (current !== undefined) this.#finish(level, ";");
    this.#open(level, "subshell");
  }

  #readRedirect(level: Level, written: string): void {
    const start = this.#at;
    const isBoth = written.startsWith("&");
    const split = isBoth ? 0 : written.search(/[<>]/);
    const operator = written.slice(split) + (isBoth && this.#script[this.#at + written.length] === ">" ? ">" : "");
    this.#at += split + operator.length;
    this.#skipBlanks();
    const target = this.#atWordEnd() ? undefined : this.#word();
    const redirect: Redirect = { operator, descriptor: written.slice(0, split), target, here: undefined };
    if (target !== undefined && /^<<-?$/.test(operator)) {
      const delimiter = target.text ?? target.raw.replaceAll(/["'\\]/g, "");
      level.pending.push({ redirect, delimiter, stripsTabs: operator === "<<-" });
    } else if (target !== undefined && operator === "<<<") redirect.here = this.#hereString(target);
    if (level.closed !== undefined && level.current === undefined) level.closed.redirects.push(redirect);
    else this.#extend(level, { start, end: this.#at }).redirects.push(redirect);
  }

  #hereString({ span }: ShellWord): HereText {
    const quote = this.#script[span.start] ?? "";
    const isWhole = (quote === "'" || quote === '"') && this.#script.indexOf(quote, span.start + 1) === span.end - 1;
    return {
      span: isWhole ? { start: span.start + 1, end: span.end - 1 } : span,
      expands: quote !== "'" || !isWhole,
    };
  }

  /** Behind a newline: the lines of the here-documents that were announced on the line before. */
  #readHereDocuments(level: Level): void {
    const script = this.#script;
    for (const { redirect, delimiter, stripsTabs } of level.pending.splice(0)) {
      const start = this.#at;
      let end = start;
      for (;;) {
        end = this.#at;
        if (end >= script.length) break;
        const newline = script.indexOf("\n", end);
        this.#at = newline < 0 ? script.length : newline + 1;
        const line = script.slice(end, newline < 0 ? script.length : newline).replace(/\r$/, "");
        if ((stripsTabs ? line.replace(/^\t+/, "") : line) === delimiter) break;
      }
      const expands = !/["'\\]/.test(redirect.target?.raw ?? "");
      redirect.here = { span: { start, end }, expands };
      if (expands && level.depth < deepest)
        new ShellReader(script.slice(0, end), start, this.#commands).#readSubstitutionsOfText(level);
    }
  }

  /** The commands in the lines of a here-document, which are like the inside of double quotes. */
  #readSubstitutionsOfText(level: Level): void {
    this.#level = level;
    for (let at = this.#at; at < this.#script.length; ) {
      const character = this.#script[at];
      if (character === "\\") at += 2;
      else if (character === "`" || (character === "$" && /[({]/.test(this.#script[at + 1] ?? "")))
        at = readWord(this.#script, at, this, "expansion").span.end;
      else at++;
    }
  }

  #open(level: Level, kind: Compound["kind"], isCondition = false, name?: string): Frame {
    const declared = level.declares;
    level.declares = undefined;
    if (declared !== undefined) this.#open(level, "function", false, declared);
    const around = level.frames.at(-1);
    const within = around?.within ?? [];
    const frame: Frame = {
      kind,
      within: within.length < deepest ? [...within, { kind }] : within,
      isConditional: !/^(braces|subshell|function)$/.test(kind) || isConditionalIn(level),
      declaredIn: name ?? (around === undefined ? level.declaredIn : around.declaredIn),
      isCondition: isCondition || (around?.isCondition ?? false),
      expectsPattern: false,
      begin: this.#commands.length,
      options: level.options,
    };
    level.frames.push(frame);
    if (kind === "subshell") level.subshells++;
    level.closed = undefined;
    return frame;
  }

  /** Closes the innermost compound of a kind and what was left open in it; a closing word without one is skipped. */
  #close(level: Level, kind: RegExp): void {
    const { frames } = level;
    const lowest = Math.max(0, frames.length - deepest);
    let index = frames.length - 1;
    // What is around a subshell does not close in it.
    while (index >= lowest && !kind.test(frames[index]?.kind ?? "") && frames[index]?.kind !== "subshell") index--;
    const frame = frames[index];
    if (index < lowest || frame === undefined || !kind.test(frame.kind)) return;
    frames.length = frames[index - 1]?.kind === "function" ? index - 1 : index;
    if (frame.kind === "subshell") {
      level.subshells--;
      level.options = frame.options;
    }
    level.closed = { begin: frame.begin, redirects: [] };
  }

  /** Ends the command, or hands what stands behind a compound to the commands in it. */
  #finish(level: Level, follows: string): void {
    const { current, closed, last } = level;
    if (current !== undefined) {
      current.follows = follows;
      current.pipesInto = follows === "|";
      if (this.#commands.length < mostCommands) this.#commands.push(current);
      level.last = current;
      level.declares = undefined;
      if (current.words.length > 0) {
        for (const each of level.feeding) each.feeds = current;
        current.isFed = level.feeding.length > 0;
        level.feeding = current.pipesInto ? [current] : [];
      }
      level.options = optionsAfter(current, level.options);
    } else if (closed !== undefined) {
      if (last !== undefined && /^(&&|\|\|?|&)$/.test(follows)) last.follows = follows;
      if (follows === "|" || closed.redirects.length > 0) this.#giveToAll(level, closed, follows === "|");
    }
    level.closed = undefined;
    level.current = undefined;
    level.isNegated = false;
    level.isFallback = follows === "||" || (level.isFallback && /^(&&|\|)$/.test(follows));
  }

  #giveToAll(level: Level, { begin, redirects }: Closed, isPiped: boolean): void {
    if (level.frames.length >= deepest) return;
    const inside = this.#commands.slice(begin).filter(({ depth }) => depth === level.depth);
    for (const command of inside) append(command.redirectsAround, redirects);
    if (!isPiped) return;
    const open = inside.filter(({ pipesInto }) => !pipesInto);
    for (const command of open) command.pipesInto = true;
    level.feeding = open.filter(({ words }) => words.length > 0);
  }

  /** The command that is read, a new one where none is, which now goes up to here. */
  #extend(level: Level, { start, end }: Span): SimpleCommand {
    const frame = level.frames.at(-1);
    level.current ??= {
      words: [],
      assignments: [],
      redirects: [],
      redirectsAround: [],
      span: { start, end },
      follows: "",
      pipesInto: false,
      isFed: false,
      feeds: undefined,
      isCondition: frame?.isCondition ?? false,
      isConditional: isConditionalIn(level),
      within: frame?.within ?? [],
      declaredIn: frame === undefined ? level.declaredIn : frame.declaredIn,
      depth: level.depth,
      errexit: level.options.errexit,
      pipefail: level.options.pipefail,
      isNegated: level.isNegated,
    };
    level.current.span = { start: level.current.span.start, end };
    return level.current;
  }

  #addWord(level: Level, word: ShellWord): void {
    this.#extend(level, word.span).words.push(word);
  }

  #word(mode?: WordMode): ShellWord {
    const word = readWord(this.#script, this.#at, this, mode);
    this.#at = word.span.end;
    return word;
  }

  #skip(pattern: RegExp): void {
    pattern.lastIndex = this.#at;
    this.#at += pattern.exec(this.#script)?.[0].length ?? 0;
  }

  /** Blanks, lines that go on, comments. */
  #skipBlanks(alsoNewlines = false): void {
    const script = this.#script;
    for (;;) {
      const character = script[this.#at];
      if (character === " " || character === "\t" || character === "\r" || (alsoNewlines && character === "\n"))
        this.#at++;
      else if (character === "\\" && script[this.#at + 1] === "\n") this.#at += 2;
      else if (character === "\\" && script.startsWith("\r\n", this.#at + 1)) this.#at += 3;
      else if (character === "#") {
        const end = script.indexOf("\n", this.#at);
        this.#at = end < 0 ? script.length : end;
      } else return;
    }
  }
}

const atTop: Surroundings = {
  depth: 0,
  isConditional: false,
  declaredIn: undefined,
  options: { errexit: false, pipefail: false },
};

function surroundingsIn(level: Level): Surroundings {
  const frame = level.frames.at(-1);
  return {
    depth: level.depth + 1,
    isConditional: isConditionalIn(level),
    declaredIn: frame === undefined ? level.declaredIn : frame.declaredIn,
    options: level.options,
  };
}

function isConditionalIn({ frames, isConditional, isFallback }: Level): boolean {
  return isFallback || (frames.at(-1)?.isConditional ?? isConditional);
}

/** `set -e`, `set -euo pipefail`, `set +e`. */
function optionsAfter({ words }: SimpleCommand, before: ShellOptions): ShellOptions {
  if (words[0]?.text !== "set") return before;
  let { errexit, pipefail } = before;
  let nameFollows: boolean | undefined;
  for (const word of words.slice(1)) {
    const text = word.text ?? "";
    if (nameFollows !== undefined) {
      if (text === "pipefail") pipefail = nameFollows;
      if (text === "errexit") errexit = nameFollows;
      nameFollows = undefined;
      continue;
    }
    if (!/^[-+][A-Za-z]+$/.test(text)) break; // what follows are the script's arguments
    const isOn = text.startsWith("-");
    if (text.includes("e")) errexit = isOn;
    if (text.includes("o")) nameFollows = isOn;
  }
  return { errexit, pipefail };
}
