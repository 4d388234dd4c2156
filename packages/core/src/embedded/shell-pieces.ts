import type { Span } from "../text/span.ts";

const breaks = "\n;|&()`";
const blanks = " \t\r";

/**
 * The commands of any text as words with their quotes, for a look at what may be a password. Unlike `scanShell` it leaves nothing out
 * (comments, here-documents) and takes a quote that nobody closes as a character: what is read may be broken, or no script at all.
 */
export function shellPieces(text: string): readonly (readonly Span[])[] {
  const commands: Span[][] = [];
  let current: Span[] = [];
  const noMore = new Set<string>();
  /** The offset behind the quote that closes the one at `at`; undefined: nothing does. */
  const behindQuote = (at: number): number | undefined => {
    const quote = text[at] ?? "";
    if (noMore.has(quote)) return undefined;
    for (let end = text.indexOf(quote, at + 1); end >= 0; end = text.indexOf(quote, end + 1))
      if (quote === "'" || !isEscaped(text, end)) return end + 1;
    noMore.add(quote);
    return undefined;
  };
  let at = 0;
  while (at < text.length) {
    const character = text[at] ?? "";
    if (breaks.includes(character)) {
      if (current.length > 0) commands.push(current);
      current = [];
      at++;
    } else if (blanks.includes(character)) at++;
    else if (character === "\\" && (text[at + 1] === "\n" || text.startsWith("\r\n", at + 1))) at += 2;
    else {
      const start = at;
      while (at < text.length && !breaks.includes(text[at] ?? "") && !blanks.includes(text[at] ?? "")) {
        if (text[at] === "\\") at += 2;
        else if (text[at] === "'" || text[at] === '"') at = behindQuote(at) ?? at + 1;
        else if (text[at] === "$" && (text[at + 1] === "(" || text[at + 1] === "{")) at = behindExpansion(text, at);
        else at++;
      }
      current.push({ start, end: Math.min(at, text.length) });
    }
  }
  if (current.length > 0) commands.push(current);
  return commands;
}

/** Behind `$(…)` or `${…}` on one line and without another inside, which is a word as it is; else behind the dollar. */
function behindExpansion(text: string, at: number): number {
  const close = text[at + 1] === "(" ? ")" : "}";
  for (let end = at + 2; end < Math.min(text.length, at + 200); end++) {
    const character = text[end] ?? "";
    if (character === close) return end + 1;
    if (character === "\n" || character === "$" || character === "(") break;
  }
  return at + 2;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === "\\") backslashes++;
  return backslashes % 2 === 1;
}
