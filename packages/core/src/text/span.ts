/** A half-open range of UTF-16 offsets in a text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Zero-based line and column (UTF-16 units), as VS Code and LSP count. Reporters add one. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The character that stands at an offset, both halves of it; nothing at the text's end. */
export function characterAt(text: string, offset: number): Span {
  const isHalf = (at: number): boolean => (text.codePointAt(at) ?? 0) > 0xffff;
  const start = offset > 0 && isHalf(offset - 1) ? offset - 1 : offset;
  return { start, end: Math.min(start + (isHalf(start) ? 2 : 1), text.length) };
}
