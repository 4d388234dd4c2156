import type { Span } from "../text/span.ts";

const breaks = "\n;|&";
/** Parentheses and lone backquotes separate words: what stands behind them may still be the arguments of the program before them. */
const blanks = " \t\r()`";

/**
 * The commands of any text as words with their quotes, for a look at what may be a password. Unlike `scanShell` it leaves nothing out
 * (comments, here-documents) and takes a quote that nobody closes as a character: what is read may be broken, or no script at all.
 * A substitution is part of its word, and its commands follow as commands of their own.
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
    if (breaks.includes(character) && !isRedirection(text, at)) {
      if (current.length > 0) commands.push(current);
      current = [];
      at++;
    } else if (blanks.includes(character) && behindSubstitution(text, at) === undefined) at++;
    else if (character === "\\" && (text[at + 1] === "\n" || text.startsWith("\r\n", at + 1))) at += 2;
    else {
      const start = at;
      while (at < text.length) {
        const next = text[at] ?? "";
        const close = behindSubstitution(text, at);
        if (close !== undefined) {
          const inside = at + (next === "`" ? 1 : 2);
          for (const words of shellPieces(text.slice(inside, close - 1)))
            commands.push(words.map((word) => ({ start: inside + word.start, end: inside + word.end })));
          at = close;
        } else if (blanks.includes(next) || (breaks.includes(next) && !isRedirection(text, at))) break;
        else if (next === "\\") at += 2;
        else if (next === "'" || next === '"') at = behindQuote(at) ?? at + 1;
        else at++;
      }
      current.push({ start, end: Math.min(at, text.length) });
    }
  }
  if (current.length > 0) commands.push(current);
  return commands;
}

/** `2>&1`, `&>file`, `>|file`: the command goes on behind them. */
function isRedirection(text: string, at: number): boolean {
  if (text[at] === "|") return text[at - 1] === ">";
  return text[at] === "&" && (text[at - 1] === ">" || text[at - 1] === "<" || text[at + 1] === ">");
}

/** How long a substitution may be that is taken as part of a word. */
const longest = 200;

/** Behind the substitution or expansion that begins here and ends soon, backquotes on the same line: part of its word as it is. */
function behindSubstitution(text: string, at: number): number | undefined {
  const [first, second] = [text[at], text[at + 1]];
  const open = first === "$" && (second === "(" || second === "{") ? second : first === "`" ? first : undefined;
  if (open === undefined) return undefined;
  const close = open === "(" ? ")" : open === "{" ? "}" : "`";
  let depth = 0;
  for (let end = at + (open === "`" ? 1 : 2); end < Math.min(text.length, at + longest); end++) {
    const character = text[end];
    if (character === "\n" && open === "`") return undefined;
    if (character === close && depth-- === 0) return end + 1;
    if (character === open) depth++;
  }
  return undefined;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === "\\") backslashes++;
  return backslashes % 2 === 1;
}
