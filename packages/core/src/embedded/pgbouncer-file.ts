import type { Span } from "../text/span.ts";

/** `key = value` */
export interface PgbouncerEntry {
  readonly kind: "entry";
  readonly key: string;
  readonly keySpan: Span;
  /** Everything up to the end of the line, spaces at the end removed: quotes and comments are part of it. */
  readonly value: string;
  readonly valueSpan: Span;
}

/** A part of pgbouncer.ini in the order in which PgBouncer reads it. Spans are offsets into the text. */
export type PgbouncerPart =
  | { readonly kind: "section"; readonly name: string; readonly span: Span }
  | PgbouncerEntry
  | { readonly kind: "include"; readonly path: string; readonly span: Span }
  /** PgBouncer stops here; what follows is read all the same, so that other tools see it. */
  | { readonly kind: "error"; readonly span: Span };

const isSpace = (character: string | undefined): boolean => character !== undefined && /[ \t\n\v\f\r]/.test(character);
const isBlank = (character: string | undefined): boolean => character === " " || character === "\t";

/**
 * Reads pgbouncer.ini as the program does. Total. `takesQuotedNames`: a name may stand in single quotes, as in 1.25 (measured: 1.26.1
 * and 1.25.2 do, 1.24.1 and 1.18 do not).
 * https://github.com/libusual/libusual/blob/master/usual/cfparser.c (cf_load_file)
 */
export function readPgbouncerFile(text: string, takesQuotedNames = true): readonly PgbouncerPart[] {
  const parts: PgbouncerPart[] = [];
  const nul = text.indexOf("\0");
  const end = nul < 0 ? text.length : nul;
  const lineEnd = (from: number): number => {
    const at = text.indexOf("\n", from);
    return at < 0 || at > end ? end : at;
  };
  const trimmed = (start: number): Span => {
    let last = lineEnd(start);
    while (last > start && isSpace(text[last - 1])) last--;
    return { start, end: last };
  };
  const fail = (start: number): number => {
    parts.push({ kind: "error", span: trimmed(start) });
    return lineEnd(start);
  };
  let at = 0;
  while (at < end) {
    if (isSpace(text[at])) at++;
    else if (text.startsWith("%include", at) && isBlank(text[at + 8])) {
      at += 8;
      while (isBlank(text[at])) at++;
      const span = trimmed(at);
      parts.push({ kind: "include", path: text.slice(span.start, span.end), span });
      at = lineEnd(at);
    } else if (text[at] === "#" || text[at] === ";") at = lineEnd(at);
    else if (text[at] === "[") {
      const close = at + text.slice(at, lineEnd(at)).indexOf("]");
      if (close < at) at = fail(at);
      else {
        parts.push({ kind: "section", name: text.slice(at + 1, close), span: { start: at, end: close + 1 } });
        at = close + 1; // what follows on the line is read like a line of its own
      }
    } else {
      const key = takesQuotedNames && text[at] === "'" ? /'[^']+'/y : /[A-Za-z0-9_.*-]*/y;
      key.lastIndex = at;
      const written = key.exec(text)?.[0] ?? "";
      const isQuoted = written.startsWith("'");
      const name = isQuoted ? written.slice(1, -1) : written;
      let next = at + written.length;
      while (isBlank(text[next])) next++;
      if (text[next] !== "=" || next >= end) at = fail(at);
      else {
        next++;
        while (isBlank(text[next])) next++;
        const valueSpan = trimmed(next);
        const keyAt = isQuoted ? at + 1 : at;
        const keySpan = { start: keyAt, end: keyAt + name.length };
        parts.push({ kind: "entry", key: name, keySpan, value: text.slice(valueSpan.start, valueSpan.end), valueSpan });
        at = lineEnd(next);
      }
    }
  }
  return parts;
}

/** One `key=value` of a connection string. */
export interface ConnectionPair {
  readonly key: string;
  readonly keySpan: Span;
  readonly value: string;
  readonly valueSpan: Span;
  /** Between single quotes. */
  readonly isQuoted: boolean;
}

/**
 * Reads the value of a `[databases]`, `[users]` or `[peers]` entry. Only blanks separate, a tab is a part of its word (measured).
 * `errorAt` is where PgBouncer says "syntax error in connection string".
 * https://github.com/libusual/libusual/blob/master/usual/string.c (cstr_get_pair)
 */
export function readConnectionString(text: string): {
  readonly pairs: readonly ConnectionPair[];
  readonly errorAt: number | undefined;
} {
  const pairs: ConnectionPair[] = [];
  let at = 0;
  const skip = (): void => {
    while (text[at] === " ") at++;
  };
  for (;;) {
    skip();
    if (at >= text.length) return { pairs, errorAt: undefined };
    const start = at;
    while (at < text.length && text[at] !== "=" && text[at] !== " ") at++;
    const keySpan = { start, end: at };
    skip();
    if (text[at] !== "=" || keySpan.end === start) return { pairs, errorAt: start };
    at++;
    skip();
    const valueStart = at;
    const isQuoted = text[at] === "'";
    let isClosed = false;
    if (isQuoted) {
      // A doubled quote is one.
      const quoted = /'((?:[^']|'')*)'(?!')/y;
      quoted.lastIndex = at;
      const match = quoted.exec(text);
      if (match === null) return { pairs, errorAt: valueStart };
      at += match[0].length;
      isClosed = true;
    } else while (at < text.length && text[at] !== " ") at++;
    const valueSpan = isQuoted ? { start: valueStart + 1, end: at - 1 } : { start: valueStart, end: at };
    const value = text.slice(valueSpan.start, valueSpan.end).replaceAll(isQuoted ? "''" : "\0", "'");
    if (value === "") return { pairs, errorAt: valueStart };
    // The character behind a closing quote is swallowed, whatever it is (measured: `host='b'port=5` has a parameter "ort").
    if (isClosed) at++;
    pairs.push({ key: text.slice(keySpan.start, keySpan.end), keySpan, value, valueSpan, isQuoted });
  }
}

/** Where a section of pgbouncer.ini begins, so that a text can be known by it. */
export const pgbouncerSection = /^[ \t]*\[pgbouncer\]/m;

/** Whether a line of pgbouncer.ini, up to a `;` or `#`, matches. */
export const hasLine = (text: string, pattern: RegExp): boolean =>
  text.split("\n").some((line) => pattern.test(line.split(/[;#]/, 1)[0] ?? ""));

/** What was meant as a comment behind a value, and the value before it. PgBouncer knows no such comments. */
export function commentAfter(value: string): { readonly rest: string; readonly text: string } | undefined {
  const blank = value.search(/\s[;#]/);
  return blank < 0 ? undefined : { rest: value.slice(0, blank).trimEnd(), text: value.slice(blank + 1) };
}
