import { type Concealment, printable, type SourceFile } from "@dbops/core";

/** A line of a source as a report shows it: without secret values, tabs as spaces. */
export interface SourceLine {
  readonly text: string;
  /** The column (zero-based) at which a column of the source is shown. */
  columnOf(column: number): number;
}

/** The lines of a report; findings of one line, which may be a whole file, share the work of showing it. */
export class SourceLines {
  readonly #concealment: Concealment;
  readonly #recent = new Map<string, SourceLine>();

  constructor(concealment: Concealment) {
    this.#concealment = concealment;
  }

  /** One line (zero-based) of a file; `…` stands for each secret value. */
  at(file: SourceFile, line: number): SourceLine {
    const key = `${line} ${file.uri}`;
    const known = this.#recent.get(key);
    if (known !== undefined) return known;
    const read = sourceLine(file, line, this.#concealment);
    if (this.#recent.size >= 16) this.#recent.clear();
    this.#recent.set(key, read);
    return read;
  }
}

function sourceLine(file: SourceFile, line: number, concealment: Concealment): SourceLine {
  const { start, end } = file.lineSpan(line);
  const hidden = concealment.spansIn(file.uri, { start, end }).map((secret) => ({
    start: Math.max(secret.start, start) - start,
    end: Math.min(secret.end, end) - start,
  }));
  // A terminal obeys escape sequences.
  const source = printable(file.text.slice(start, end).replaceAll("\t", " "));
  let text = "";
  let at = 0;
  for (const span of hidden) {
    text += `${source.slice(at, span.start)}…`;
    at = span.end;
  }
  return {
    text: text + source.slice(at),
    columnOf(column) {
      let shown = column;
      for (const span of hidden) {
        if (column >= span.end) shown -= span.end - span.start - 1;
        else if (column > span.start) shown -= column - span.start;
      }
      return shown;
    },
  };
}

/** A part of a line that fits into `width`, with the column in sight; `offset` is what was cut off before it. */
export function windowOf(
  text: string,
  column: number,
  width: number,
): { readonly text: string; readonly offset: number } {
  if (text.length <= width) return { text, offset: 0 };
  const start = column < width * 0.7 ? 0 : Math.min(column - Math.floor(width * 0.3), text.length - width);
  const part = text.slice(start, start + width);
  return {
    text: `${start > 0 ? "…" : ""}${start > 0 ? part.slice(1) : part}`.replace(/.$/su, (last) =>
      start + width < text.length ? "…" : last,
    ),
    offset: start,
  };
}
