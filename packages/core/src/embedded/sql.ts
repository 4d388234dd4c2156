import type { Span } from "../text/span.ts";
import { SqlNode } from "./sql-node.ts";
import type { ParsedSql, SqlParser } from "./sql-parser.ts";

export interface SqlStatement {
  readonly node: SqlNode;
  /** What a DO block runs. */
  readonly inner: readonly SqlNode[];
  /** In the text that was read, without blanks and comments around it. */
  readonly span: Span;
}

export interface SqlText {
  readonly statements: readonly SqlStatement[];
  /** What PostgreSQL's grammar refuses: another dialect, a template, half a statement. */
  readonly unread: readonly Span[];
  /** Where a quote begins that nothing closes: what comes after it is not read. */
  readonly openQuote?: number;
}

/**
 * The statements of a script. What only psql understands (`\connect`, the data of COPY) is blanked out first; where the grammar refuses
 * the whole, each statement is read by itself.
 */
export function readSql(text: string, parser: SqlParser): SqlText {
  const sql = withoutPsql(text);
  const whole = parser.parse(sql);
  if (whole !== undefined) return { statements: statementsOf(whole, sql, 0, parser), unread: [] };
  const ends = parser.ends(sql);
  if (ends === undefined) {
    const open = openQuote(sql);
    if (open === undefined) return { statements: [], unread: [{ start: 0, end: text.length }] };
    // The statement that the quote is in is not read either.
    const before = readSql(text.slice(0, sql.lastIndexOf(";", open) + 1), parser);
    return { ...before, unread: [...before.unread, { start: open, end: text.length }], openQuote: open };
  }
  const statements: SqlStatement[] = [];
  const unread: Span[] = [];
  let start = 0;
  const offsets = byteOffsets(sql);
  for (const byte of [...ends, offsets.bytes]) {
    const end = offsets.toUnit(byte);
    const part = sql.slice(start, end);
    const parsed = part.trim() === "" ? { stmts: [] } : parser.parse(part);
    if (parsed === undefined) unread.push(trimmed(sql, { start, end }));
    else statements.push(...statementsOf(parsed, part, start, parser));
    start = end + 1;
  }
  return { statements, unread };
}

/** Where a quoted text, name, body (`$$`) or comment begins that is not closed; undefined: there is none. */
function openQuote(sql: string): number | undefined {
  for (let at = 0; at < sql.length; ) {
    const quoted = quotedAt(sql, at);
    // A comment of one line may be the last thing.
    if (quoted !== undefined && quoted.end === undefined) return sql[at] === "-" ? undefined : at;
    at = quoted?.end ?? at + 1;
  }
  return undefined;
}

interface Quoted {
  /** Behind what closes it; undefined: nothing does. */
  readonly end: number | undefined;
  readonly isComment: boolean;
}

/** The quoted text, name, body or comment that begins here; undefined: none does. */
function quotedAt(sql: string, at: number): Quoted | undefined {
  const behind = (close: string, from: number): number | undefined => {
    const end = sql.indexOf(close, from);
    return end < 0 ? undefined : end + close.length;
  };
  switch (sql[at]) {
    case "-":
      return sql[at + 1] === "-" ? { end: behind("\n", at), isComment: true } : undefined;
    case "/":
      return sql[at + 1] === "*" ? { end: commentEnd(sql, at), isComment: true } : undefined;
    case "$": {
      // `a$b$` is a name.
      const isInName = /\w/.test(sql[at - 1] ?? "");
      const tag = isInName ? undefined : /^\$(?:[A-Za-z_]\w{0,62})?\$/.exec(sql.slice(at, at + 66))?.[0];
      return tag === undefined ? undefined : { end: behind(tag, at + tag.length), isComment: false };
    }
    case '"':
      return { end: behind('"', at + 1), isComment: false };
    case "'":
      return { end: hasEscapes(sql, at) ? escapedEnd(sql, at) : behind("'", at + 1), isComment: false };
    default:
      return undefined;
  }
}

/** PostgreSQL's comments nest. */
function commentEnd(sql: string, start: number): number | undefined {
  let depth = 1;
  for (let at = start + 2; at < sql.length; ) {
    if (sql.startsWith("/*", at)) depth++;
    else if (sql.startsWith("*/", at)) depth--;
    else {
      at++;
      continue;
    }
    at += 2;
    if (depth === 0) return at;
  }
  return undefined;
}

/** `E'…'` */
function hasEscapes(sql: string, quote: number): boolean {
  return /^[eE]$/.test(sql[quote - 1] ?? "") && !/[\w$]/.test(sql[quote - 2] ?? "");
}

function escapedEnd(sql: string, start: number): number | undefined {
  for (let at = start + 1; at < sql.length; at++) {
    if (sql[at] === "\\") at++;
    else if (sql[at] === "'") return at + 1;
  }
  return undefined;
}

function statementsOf(parsed: ParsedSql, sql: string, offset: number, parser: SqlParser): readonly SqlStatement[] {
  const offsets = byteOffsets(sql);
  return (parsed.stmts ?? []).flatMap(({ stmt, stmt_location: from = 0, stmt_len: length }) => {
    const node = SqlNode.of(stmt);
    const start = offsets.toUnit(from);
    const end = length === undefined ? sql.length : offsets.toUnit(from + length);
    const span = trimmed(sql, { start, end });
    if (node === undefined) return [];
    const inner = node.kind === "DoStmt" ? inBlock(sql.slice(span.start, span.end), parser) : [];
    return [{ node, inner, span: { start: span.start + offset, end: span.end + offset } }];
  });
}

function inBlock(block: string, parser: SqlParser): readonly SqlNode[] {
  return parser
    .inBlock(block)
    .flatMap((sql) => parser.parse(sql)?.stmts ?? [])
    .flatMap(({ stmt }) => SqlNode.of(stmt) ?? []);
}

/** Without blanks and comments around it. */
function trimmed(sql: string, { start, end }: Span): Span {
  let first: number | undefined;
  let last = start;
  for (let at = start; at < end; ) {
    const quoted = quotedAt(sql, at);
    const behind = Math.min(quoted === undefined ? at + 1 : (quoted.end ?? end), end);
    if (quoted?.isComment !== true && (quoted !== undefined || !/\s/.test(sql[at] ?? ""))) {
      first ??= at;
      last = behind;
    }
    at = behind;
  }
  return { start: first ?? end, end: first === undefined ? end : last };
}

/** Lines that psql keeps to itself become blanks, so that all else stays where it is. */
function withoutPsql(text: string): string {
  if (!/^\\/m.test(text)) return text;
  let isData = false;
  return text
    .split("\n")
    .map((line) => {
      const isBlank = isData || line.startsWith("\\");
      if (isData) isData = line.trimEnd() !== "\\.";
      else isData = /^\s*COPY\b/i.test(line) && /\bFROM\s+STDIN\b/i.test(line);
      return isBlank ? " ".repeat(line.length) : line;
    })
    .join("\n");
}

interface ByteOffsets {
  /** Of the whole text. */
  readonly bytes: number;
  toUnit(byte: number): number;
}

/** UTF-16 units of offsets in UTF-8. Most scripts are ASCII, where both are the same. */
function byteOffsets(text: string): ByteOffsets {
  const isAscii = !/[^\0-\x7f]/.test(text);
  if (isAscii) return { bytes: text.length, toUnit: (byte) => byte };
  const units: number[] = [];
  let unit = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const width = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (let index = 0; index < width; index++) units.push(unit);
    unit += character.length;
  }
  units.push(unit);
  return { bytes: units.length - 1, toUnit: (byte) => units[byte] ?? unit };
}
