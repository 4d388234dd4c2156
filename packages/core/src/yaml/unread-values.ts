import type { Span } from "../text/span.ts";

/**
 * Everything that may be a value in a text that is not read: what stands behind a colon, list items, the lines of block texts and
 * whatever a line goes on with. Keys, brackets, quotes at the ends and indentation are left, so that one still sees what is wrong.
 */
export function unreadValues(written: string, offset = 0): readonly Span[] {
  // A lone carriage return ends a line too.
  const text = written.replaceAll("\r", "\n");
  const spans: Span[] = [];
  const hide = (start: number, end: number): void => {
    let [from, to] = [start, end];
    while (from < to && isBlank(text[from])) from++;
    while (to > from && isBlank(text[to - 1])) to--;
    if (to > from) spans.push({ start: from + offset, end: to + offset });
  };
  let depth = 0;
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    depth = readLine(text, start, end, depth, hide);
    start = end + 1;
  }
  return spans;
}

type Hide = (start: number, end: number) => void;

/** Gives the depth of brackets behind the line. */
function readLine(text: string, start: number, end: number, depth: number, hide: Hide): number {
  let at = skipBlanks(text, start, end);
  if (depth > 0) return readFlow(text, at, end, depth, hide);
  if (
    at === start &&
    (text.startsWith("---", at) || text.startsWith("...", at)) &&
    (at + 3 >= end || isBlank(text[at + 3]))
  )
    at = skipBlanks(text, at + 3, end);
  while ((text[at] === "-" || text[at] === "?") && at < end && (at + 1 >= end || isBlank(text[at + 1])))
    at = skipBlanks(text, at + 1, end);
  const behind = behindKey(text, at, end, false);
  return readValue(text, skipBlanks(text, behind ?? at, end), end, hide);
}

function readValue(text: string, at: number, end: number, hide: Hide): number {
  const first = text[at];
  if (at >= end) return 0;
  if (first === "{" || first === "[") return readFlow(text, at, end, 0, hide);
  if (/^[|>][-+\d]{0,2}\s*$/.test(text.slice(at, Math.min(end, at + 8))) && end - at <= 8) return 0;
  if (first === '"' || first === "'") {
    let last = end;
    while (last > at + 1 && isBlank(text[last - 1])) last--;
    hideParts(text, at + 1, last > at + 1 && text[last - 1] === first ? last - 1 : last, hide);
    return 0;
  }
  let from = at;
  while (from < end && /[&*!%@`#|>]/.test(text[from] ?? "")) from++;
  hideParts(text, from, end, hide);
  return 0;
}

/** Colons that make a key stay, for they are what is wrong with `a: b: c`. */
function hideParts(text: string, start: number, end: number, hide: Hide): void {
  let from = start;
  for (let at = start; at < end; at++) {
    if (text[at] !== ":" || (at + 1 < end && !isBlank(text[at + 1]))) continue;
    hide(from, at);
    from = at + 1;
  }
  hide(from, end);
}

/** Between brackets: keys directly behind `{`, `,` or the beginning of the line, and the punctuation. */
function readFlow(text: string, start: number, end: number, outer: number, hide: Hide): number {
  let depth = outer;
  let mayBeKey = true;
  let at = start;
  while (at < end) {
    const character = text[at] ?? "";
    if (character === "{" || character === "[") depth++;
    if (character === "}" || character === "]") depth--;
    if ("{[]},".includes(character)) {
      mayBeKey = character !== "]" && character !== "}";
      at++;
    } else if (isBlank(character)) at++;
    else {
      const behind = mayBeKey ? behindKey(text, at, end, true) : undefined;
      mayBeKey = false;
      if (behind !== undefined) at = behind;
      else if (depth <= 0) {
        hide(at, end);
        return 0;
      } else at = hideFlowValue(text, at, end, hide);
    }
  }
  return Math.max(0, depth);
}

function hideFlowValue(text: string, at: number, end: number, hide: Hide): number {
  const quote = text[at];
  if (quote === '"' || quote === "'") {
    for (let close = at + 1; close < end; close++) {
      if (text[close] === "\\" && quote === '"') close++;
      else if (
        text[close] === quote &&
        /^[ \t\r]{0,8}([,\]}]|$)/.test(text.slice(close + 1, Math.min(end, close + 10)))
      ) {
        hide(at + 1, close);
        return close + 1;
      }
    }
    hide(at + 1, end);
    return end;
  }
  let close = at;
  while (close < end && !"{}[],".includes(text[close] ?? "")) close++;
  hide(at, close);
  return close;
}

const longestKey = 128;

/** The offset behind the colon of a key that begins here. */
function behindKey(text: string, at: number, end: number, isFlow: boolean): number | undefined {
  const quote = text[at] === '"' || text[at] === "'" ? text[at] : undefined;
  let close = quote === undefined ? at : at + 1;
  while (close < end && close - at < longestKey && /[\w.$/-]/.test(text[close] ?? "")) close++;
  if (close === (quote === undefined ? at : at + 1) || (quote !== undefined && text[close++] !== quote))
    return undefined;
  close = skipBlanks(text, close, Math.min(end, close + 8));
  if (text[close] !== ":" || close >= end) return undefined;
  return close + 1 >= end || isBlank(text[close + 1]) || (isFlow && quote !== undefined) ? close + 1 : undefined;
}

function skipBlanks(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && isBlank(text[at])) at++;
  return at;
}

function isBlank(character: string | undefined): boolean {
  return character === " " || character === "\t" || character === "\r";
}
