import { own } from "../text/own.ts";
import type { Span } from "../text/span.ts";

/** A word of a script: offsets into the script, and what the shell makes of it. */
export interface ShellWord {
  readonly span: Span;
  /** Decoded; undefined for a word known only at run time. */
  readonly text: string | undefined;
  /** As written, quotes and variables included. */
  readonly raw: string;
}

/** What a word leaves to the reader of the script. */
export interface ScriptAround {
  /** Reads the script inside `$( )`, `<( )` or backticks from its first character on; the offset after what closes it. */
  readSubstitution(start: number, closer: ")" | "`"): number;
  /** Whether the two parentheses at `at` open arithmetic. */
  isArithmetic(at: number): boolean;
}

/**
 * plain: ends at a blank or an operator. regex: after `=~`, where `|`, `<` and `>` are letters.
 * arithmetic: `(( … ))` as one word.
 * expansion: the one that begins here, as in a text between double quotes.
 */
export type WordMode = "plain" | "regex" | "arithmetic" | "expansion";

/**
 * What is open inside a word. group: the parentheses of a regular expression or of a glob such as `@(a|b)`, on one line. rawBrace: `${ }`
 * inside double quotes, where a single quote is a letter.
 */
type Open = "double" | "brace" | "rawBrace" | "arithmetic" | "parenthesis" | "group" | "array";

const ends = /[ \t\r\n;&|()<>]/;
const endsPlain = /[ \t\r\n;&|)]/;
const endsRegex = /[ \t\r\n;)]/;
const outsideQuotes = /[^ \t\r\n;&|()<>'"\\$`]+/y;
const insideQuotes = /[^"\\$`]+/y;
const name = /[A-Za-z_]\w*|[0-9@*#?$!-]/y;
/** `${name#'…'}`: after these, quotes are quotes in double quotes too. */
const removal = /!?\w+(?:\[[^\]\n]{0,100}\])?[#%/^,]/y;
/** In `"${a:-'…'}"` single quotes are quotes for bash and letters for dash, as in `"${a:-it's}"`. */
const quotedInBrace = /'[^'}\n]{0,200}'/y;
const arrayStart = /^[A-Za-z_]\w*(?:\[[^\]]*\])?\+?=$/;

/**
 * The word that begins at `start`: quotes, escapes, expansions, substitutions, arrays.
 * Total: what nobody closes ends with the text, and a word is never empty.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html
 */
export function readWord(script: string, start: number, around: ScriptAround, mode: WordMode = "plain"): ShellWord {
  // Most words are plain.
  const plain = mode === "plain" ? matchAt(outsideQuotes, script, start) : "";
  const behind = start + plain.length;
  if (plain !== "" && (behind === script.length || endsPlain.test(script[behind] ?? "")))
    return { span: { start, end: behind }, text: plain, raw: plain };
  const open: Open[] = [];
  let text: string | undefined = "";
  let at = start;
  /** Parentheses side by side inside arithmetic are arithmetic. */
  let arithmetics = 0;
  if (mode === "arithmetic") {
    open.push("arithmetic");
    arithmetics++;
    text = undefined;
    at += 2;
  }
  const add = (part: string): void => {
    if (text !== undefined) text += part;
  };
  /** Adds what matches here, or the one character that is here. */
  const addRun = (pattern: RegExp): void => {
    const part = matchAt(pattern, script, at) || (script[at] ?? "");
    add(part);
    at += part.length;
  };
  const substitute = (from: number, closer: ")" | "`"): void => {
    text = undefined;
    at = around.readSubstitution(from, closer);
  };
  const dollar = (isQuoted: boolean): void => {
    const next = script[at + 1] ?? "";
    if (next === "(") {
      if (script[at + 2] === "(" && (arithmetics > 0 || around.isArithmetic(at + 1))) {
        text = undefined;
        open.push("arithmetic");
        arithmetics++;
        at += 3;
      } else substitute(at + 2, ")");
    } else if (next === "{") {
      text = undefined;
      const isRaw = isQuoted && matchAt(removal, script, at + 2) === "";
      open.push(isRaw ? "rawBrace" : "brace");
      at += 2;
    } else if (next === "'" && !isQuoted) {
      const end = closingQuote(script, at + 2, true);
      const decoded = decodeAnsi(script.slice(at + 2, end));
      if (decoded === undefined) text = undefined;
      else add(decoded);
      at = end + 1;
    } else if (next === '"' && !isQuoted) at++;
    else {
      const parameter = matchAt(name, script, at + 1);
      if (parameter === "") add("$");
      else text = undefined;
      at += 1 + parameter.length;
    }
  };
  if (mode === "expansion") {
    if (script[start] === "`") substitute(start + 1, "`");
    else dollar(true);
  }
  while (at < script.length && (mode !== "expansion" || open.length > 0)) {
    const character = script[at] ?? "";
    const within = open.at(-1);
    const isQuoted = within === "double" || within === "rawBrace";
    if (character === "\\") {
      const next = script[at + 1] ?? "";
      if (next === "\n") at += 2;
      else if (next === "\r" && script[at + 2] === "\n") at += 3;
      else {
        add(isQuoted && !/["\\$`]/.test(next) ? `\\${next}` : next);
        at += 2;
      }
    } else if (character === "$") dollar(isQuoted);
    else if (character === "`") substitute(at + 1, "`");
    else if (character === '"' && within === "double") {
      open.pop();
      at++;
    } else if (character === '"') {
      open.push("double");
      at++;
    } else if (isQuoted) {
      if (character === "}" && within === "rawBrace") {
        open.pop();
        at++;
      } else if (character === "'" && within === "rawBrace")
        at += Math.max(1, matchAt(quotedInBrace, script, at).length);
      else if (within === "double") addRun(insideQuotes);
      else at++;
    } else if (character === "'") {
      const end = closingQuote(script, at + 1, false);
      add(script.slice(at + 1, end));
      at = end + 1;
    } else if (within === "brace") {
      if (character === "}") open.pop();
      at++;
    } else if (within === "arithmetic" || within === "parenthesis") {
      if (character === "(") open.push("parenthesis");
      if (character === ")") {
        open.pop();
        if (within === "arithmetic") arithmetics--;
        if (within === "arithmetic" && script[at + 1] === ")") at++;
        if (open.length === 0 && mode === "arithmetic") {
          at++;
          break;
        }
      }
      at++;
    } else if ((character === "<" || character === ">") && script[at + 1] === "(" && mode !== "regex")
      substitute(at + 2, ")");
    else if (within === "array") {
      if (character === "#" && /\s/.test(script[at - 1] ?? "")) at = lineEnd(script, at);
      else {
        if (character === ")") open.pop();
        if (character === "(") open.push("array");
        at++;
      }
    } else if (character === "(" && (within === "group" || mode === "regex" || isGlobGroup(script, start, at))) {
      open.push("group");
      add(character);
      at++;
    } else if (character === "(" && within === undefined && isArray(script, start, at)) {
      open.push("array");
      text = undefined;
      at++;
    } else if (within === "group" && character !== "\n") {
      if (character === ")") open.pop();
      add(character);
      at++;
    } else if ((mode === "regex" ? endsRegex : ends).test(character)) break;
    else addRun(outsideQuotes);
  }
  const end = Math.min(Math.max(at, start + 1), script.length);
  return { span: { start, end }, text, raw: script.slice(start, end) };
}

function matchAt(pattern: RegExp, script: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(script)?.[0] ?? "";
}

function isGlobGroup(script: string, start: number, at: number): boolean {
  return at > start && /[?*+@!]/.test(script[at - 1] ?? "");
}

function isArray(script: string, start: number, at: number): boolean {
  return script[at - 1] === "=" && at - start <= 200 && arrayStart.test(script.slice(start, at));
}

function lineEnd(script: string, from: number): number {
  const end = script.indexOf("\n", from);
  return end < 0 ? script.length : end;
}

/** Where a single quote closes, at the text's end where none does; `$'…'` has escapes. */
function closingQuote(script: string, from: number, hasEscapes: boolean): number {
  if (!hasEscapes) {
    const end = script.indexOf("'", from);
    return end < 0 ? script.length : end;
  }
  let end = from;
  while (end < script.length && script[end] !== "'") end += script[end] === "\\" ? 2 : 1;
  return Math.min(end, script.length);
}

const ansi: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "'": "'", '"': '"', "\\": "\\" };

function decodeAnsi(written: string): string | undefined {
  let isKnown = true;
  const decoded = written.replaceAll(/\\([\s\S])/g, (_, escaped: string) => {
    const character = own(ansi, escaped);
    if (character === undefined) isKnown = false;
    return character ?? "";
  });
  return isKnown ? decoded : undefined;
}

/**
 * Whether the two parentheses at `at` open arithmetic: they close side by side. `( (cd /a; ls); ls )` may be written `((cd /a; ls); ls)`.
 * What nobody closes counts as arithmetic. `end`: where the answer was found.
 */
export function lookForArithmetic(
  script: string,
  at: number,
): { readonly isArithmetic: boolean; readonly end: number } {
  let depth = 0;
  for (let index = at; index < script.length; index++) {
    const character = script[index];
    if (character === "\\") index++;
    else if (character === "'" || character === '"') {
      const close = script.indexOf(character, index + 1);
      if (close < 0) break;
      index = close;
    } else if (character === "(") depth++;
    else if (character === ")" && --depth === 1) return { isArithmetic: script[index + 1] === ")", end: index };
  }
  return { isArithmetic: true, end: script.length };
}

/** The offset after the parenthesis that closes the one before `from`, by counting: for what is too deep to be read. */
export function afterParenthesis(script: string, from: number): number {
  let depth = 1;
  for (let index = from; index < script.length; index++) {
    const character = script[index];
    if (character === "\\") index++;
    else if (character === "(") depth++;
    else if (character === ")" && --depth === 0) return index + 1;
  }
  return script.length;
}
