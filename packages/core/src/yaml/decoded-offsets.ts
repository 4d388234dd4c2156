import type { Span } from "../text/span.ts";
import type { RawScalar } from "./raw.ts";

/**
 * The span in the file of a part of a scalar's decoded text; undefined where escapes or folding hide it.
 * Plain and quoted text on one line stands as it is; a literal block loses its indentation and carriage returns.
 */
export function decodedOffsets(scalar: RawScalar, fileText: string, base: number, decoded: Span): Span | undefined {
  const start = scalar.contentStart + base;
  const end = scalar.contentEnd + base;
  if (decoded.start < 0 || decoded.end > scalar.text.length || decoded.start > decoded.end) return undefined;
  if (scalar.style === "literal") return inLiteral(scalar, fileText, start, end, decoded);
  const source = fileText.slice(start, end);
  if (source !== scalar.text) return undefined;
  return { start: start + decoded.start, end: start + decoded.end };
}

function inLiteral(scalar: RawScalar, fileText: string, start: number, end: number, decoded: Span): Span | undefined {
  const from = literalOffset(scalar, fileText, start, end, decoded.start);
  if (from === undefined) return undefined;
  // A part of one line keeps its length; a longer one ends where its last character stands.
  const part = scalar.text.slice(decoded.start, decoded.end);
  if (!part.includes("\n"))
    return fileText.slice(from, from + part.length) === part ? { start: from, end: from + part.length } : undefined;
  const to = literalOffset(scalar, fileText, start, end, decoded.end);
  return to === undefined ? undefined : { start: from, end: to };
}

function literalOffset(
  scalar: RawScalar,
  fileText: string,
  start: number,
  end: number,
  decodedOffset: number,
): number | undefined {
  const line = countLines(scalar.text, decodedOffset);
  const column = decodedOffset - (scalar.text.lastIndexOf("\n", decodedOffset - 1) + 1);
  let position = start;
  for (let index = 0; index < line; index++) {
    const next = fileText.indexOf("\n", position);
    if (next < 0 || next >= end) return position <= end ? end : undefined;
    position = next + 1;
  }
  // Blank lines may hold fewer columns than the block strips.
  let stripped = 0;
  while (stripped < scalar.indent && fileText[position + stripped] === " ") stripped++;
  return position + stripped + column;
}

function countLines(text: string, until: number): number {
  let lines = 0;
  for (let index = text.indexOf("\n"); index >= 0 && index < until; index = text.indexOf("\n", index + 1)) lines++;
  return lines;
}
