import type { Span } from "../text/span.ts";

/** The login and address of a connection string of Go's MySQL driver: `user:password@tcp(host:port)/database?parameters`. */
export interface GoAddress {
  readonly user: string | undefined;
  readonly password: Span | undefined;
  /** What stands in the parentheses. */
  readonly address: Span;
  /** From the login to behind the closing parenthesis. */
  readonly span: Span;
}

// `@tcp(`, `@(`; without a login `tcp(`.
const opening = /@(?:tcp)?\(|\btcp\(/g;
const blankOrQuote = /[\s'"`]/;
const lineOrQuote = /[\n'"`]/;

export function mayHoldGoAddress(text: string): boolean {
  return text.includes("@(") || text.includes("tcp(");
}

/** Every such string in a text, in order. Source: https://github.com/go-sql-driver/mysql#dsn-data-source-name */
export function findGoAddresses(text: string): readonly GoAddress[] {
  if (!mayHoldGoAddress(text)) return [];
  const found: GoAddress[] = [];
  let behind = 0;
  for (const { index, 0: open } of text.matchAll(opening)) {
    if (index < behind) continue;
    const inside = index + open.length;
    let end = inside;
    while (end < text.length && !/[\s'"`()]/.test(text[end] ?? "")) end++;
    if (text[end] !== ")") continue;
    const login = open.startsWith("@") ? loginBefore(text, index, behind) : undefined;
    behind = end + 1;
    found.push({
      user: login?.user,
      password: login?.password,
      address: { start: inside, end },
      span: { start: login?.start ?? index, end: behind },
    });
  }
  return found;
}

function loginBefore(
  text: string,
  at: number,
  from: number,
): { start: number; user: string; password: Span | undefined } {
  const word = startOf(text, at, from, blankOrQuote);
  // A password may hold blanks.
  const start = text.slice(word, at).includes(":") ? word : startOf(text, at, from, lineOrQuote);
  const scheme = text.slice(start, at).lastIndexOf("://");
  const login = scheme < 0 ? start : start + scheme + "://".length;
  const colon = text.indexOf(":", login);
  const isSecret = colon >= 0 && colon < at;
  const name = text.slice(login, isSecret ? colon : at);
  return {
    start: login,
    user: name.slice(name.lastIndexOf("=") + 1).trim(),
    password: isSecret ? { start: colon + 1, end: at } : undefined,
  };
}

function startOf(text: string, at: number, from: number, stop: RegExp): number {
  let start = at;
  while (start > from && !stop.test(text[start - 1] ?? "")) start--;
  return start;
}
