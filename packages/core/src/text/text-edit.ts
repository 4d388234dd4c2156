import type { Span } from "./span.ts";

/** Replaces `span` of the file `uri` by `newText`. An empty span inserts. */
export interface TextEdit {
  readonly uri: string;
  readonly span: Span;
  readonly newText: string;
  /** The YAML path that the edit means to change; the engine drops a fix that changes any other. */
  readonly changes?: readonly (string | number)[];
}

/**
 * Applies edits of one text, all given as offsets into the original.
 * @throws RangeError when edits overlap or lie outside the text: a caller's mistake.
 */
export function applyEdits(text: string, edits: readonly Pick<TextEdit, "span" | "newText">[]): string {
  const sorted = [...edits].sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  let result = "";
  let position = 0;
  for (const { span, newText } of sorted) {
    if (span.start < position || span.end < span.start || span.end > text.length) {
      throw new RangeError(`edit ${span.start}-${span.end} overlaps another one or lies outside the text`);
    }
    result += text.slice(position, span.start) + newText;
    position = span.end;
  }
  return result + text.slice(position);
}
