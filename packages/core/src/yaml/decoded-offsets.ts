import type { Span } from "../text/span.ts";
import type { RawScalar } from "./raw.ts";

/** How a scalar's text stands in its file; worked out once, for a script or configuration file is asked for each of its words. */
interface Layout {
  /** The decoded text is what the file holds, character by character. */
  readonly isVerbatim: boolean;
  /** Where lines begin in the decoded text, and in the file behind the scalar's content start. */
  readonly decoded: readonly number[];
  readonly written: readonly number[];
}

const layouts = new WeakMap<RawScalar, Layout>();

function layoutOf(scalar: RawScalar, fileText: string, base: number): Layout {
  let layout = layouts.get(scalar);
  if (layout === undefined) {
    const source = fileText.slice(scalar.contentStart + base, scalar.contentEnd + base);
    const isLiteral = scalar.style === "literal";
    layout = {
      isVerbatim: !isLiteral && source === scalar.text,
      decoded: isLiteral ? lineStarts(scalar.text) : [],
      written: isLiteral ? lineStarts(source) : [],
    };
    layouts.set(scalar, layout);
  }
  return layout;
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/**
 * The span in the file of a part of a scalar's decoded text; undefined where escapes or folding hide it.
 * Plain and quoted text on one line stands as it is; a literal block loses its indentation and carriage returns.
 */
export function decodedOffsets(scalar: RawScalar, fileText: string, base: number, decoded: Span): Span | undefined {
  if (decoded.start < 0 || decoded.end > scalar.text.length || decoded.start > decoded.end) return undefined;
  const layout = layoutOf(scalar, fileText, base);
  const start = scalar.contentStart + base;
  if (layout.isVerbatim) return { start: start + decoded.start, end: start + decoded.end };
  if (scalar.style !== "literal") return undefined;
  const from = literalOffset(scalar, layout, fileText, start, decoded.start);
  // A part of one line keeps its length; a longer one ends where its last character stands.
  const part = scalar.text.slice(decoded.start, decoded.end);
  if (!part.includes("\n"))
    return fileText.startsWith(part, from) ? { start: from, end: from + part.length } : undefined;
  return { start: from, end: literalOffset(scalar, layout, fileText, start, decoded.end) };
}

function literalOffset(
  scalar: RawScalar,
  { decoded, written }: Layout,
  fileText: string,
  start: number,
  offset: number,
): number {
  const line = lastAtOrBefore(decoded, offset);
  const lineStart = written[line];
  const end = scalar.contentEnd - scalar.contentStart;
  if (lineStart === undefined || (line > 0 && lineStart > end)) return start + end;
  const position = start + lineStart;
  // Blank lines may hold fewer columns than the block strips.
  let stripped = 0;
  while (stripped < scalar.indent && fileText[position + stripped] === " ") stripped++;
  return position + stripped + offset - (decoded[line] ?? 0);
}

/** The index of the last of ascending numbers that is no greater. */
function lastAtOrBefore(numbers: readonly number[], most: number): number {
  let low = 0;
  let high = numbers.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((numbers[middle] ?? 0) <= most) low = middle;
    else high = middle - 1;
  }
  return low;
}
