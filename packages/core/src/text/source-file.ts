import type { Position, Span } from "./span.ts";

/** Where a text came from: what may be fixed, and how findings name it, depends on it. */
export type Origin = "file" | "stdin" | "rendered" | "cluster";

/** An immutable text with a name. A changed text is a new object. */
export class SourceFile {
  readonly uri: string;
  readonly text: string;
  readonly origin: Origin;
  #lineStarts: readonly number[] | undefined;

  constructor(uri: string, text: string, origin: Origin = "file") {
    this.uri = uri;
    this.text = text;
    this.origin = origin;
  }

  /** Offsets at which lines begin; computed once, when somebody asks. `\r\n` and a lone `\r` end a line too. */
  get lineStarts(): readonly number[] {
    this.#lineStarts ??= lineStartsOf(this.text);
    return this.#lineStarts;
  }

  /** Offsets outside the text are clamped. */
  positionAt(offset: number): Position {
    const clamped = Math.max(0, Math.min(offset, this.text.length));
    const starts = this.lineStarts;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= clamped) low = middle;
      else high = middle - 1;
    }
    return { line: low, column: clamped - (starts[low] ?? 0) };
  }

  /** The offset of a position; lines and columns beyond the text are clamped. */
  offsetAt(position: Position): number {
    const starts = this.lineStarts;
    if (position.line >= starts.length) return this.text.length;
    const start = starts[Math.max(0, position.line)] ?? 0;
    const next = starts[position.line + 1] ?? this.text.length + 1;
    return Math.max(start, Math.min(start + position.column, next - 1));
  }

  /** The span of one line (zero-based) without its line break. */
  lineSpan(line: number): Span {
    const start = this.lineStarts[line] ?? this.text.length;
    let end = this.lineStarts[line + 1] ?? this.text.length;
    while (end > start && (this.text[end - 1] === "\n" || this.text[end - 1] === "\r")) end--;
    return { start, end };
  }

  slice(span: Span): string {
    return this.text.slice(span.start, span.end);
  }
}

function lineStartsOf(text: string): number[] {
  const starts = [0];
  // Searching is some times quicker than looking at each character, and runs at every keystroke over the whole text.
  if (/\r(?!\n)/.test(text)) {
    for (const { index, 0: lineBreak } of text.matchAll(/\r\n?|\n/g)) starts.push(index + lineBreak.length);
  } else {
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  }
  return starts;
}
