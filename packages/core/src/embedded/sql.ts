import type { Span } from "../text/span.ts";
import { SqlNode } from "./sql-node.ts";
import type { ParsedSql, SqlParser } from "./sql-parser.ts";

export interface SqlStatement {
  readonly node: SqlNode;
  /** What a DO block runs. */
  readonly inner: readonly SqlNode[];
  /** In the text that was read, without blanks and comments before it. */
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
  let at = 0;
  while (at < sql.length) {
    const rest = sql.slice(at, at + 66);
    const tag = /^\$(?:[A-Za-z_]\w{0,62})?\$/.exec(rest)?.[0];
    const isComment = rest.startsWith("--");
    const close = isComment ? "\n" : rest.startsWith("/*") ? "*/" : (tag ?? (/^['"]/.test(rest) ? rest[0] : undefined));
    if (close === undefined) at++;
    else {
      const end = sql.indexOf(close, at + (tag?.length ?? (close === "*/" ? 2 : 1)));
      if (end < 0) return isComment ? undefined : at;
      at = end + close.length;
    }
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

/** Without blanks around it and comments before it. */
function trimmed(sql: string, { start, end }: Span): Span {
  let from = start;
  for (;;) {
    while (from < end && /\s/.test(sql[from] ?? "")) from++;
    const close = sql.startsWith("--", from) ? "\n" : sql.startsWith("/*", from) ? "*/" : undefined;
    const closed = close === undefined ? -1 : sql.indexOf(close, from + 2);
    if (close === undefined || closed < 0 || closed >= end) break;
    from = closed + close.length;
  }
  let to = end;
  while (to > from && /\s/.test(sql[to - 1] ?? "")) to--;
  return { start: from, end: to };
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
