import { isSql } from "../project/readable.ts";
import type { Finding, Fix } from "../rule/finding.ts";
import type { SourceFile } from "../text/source-file.ts";
import type { Span } from "../text/span.ts";
import { applyEdits, type TextEdit } from "../text/text-edit.ts";
import { verifyEdits } from "../yaml/verify.ts";

/** Whether edits of one file leave YAML that differs at the paths they claim only, comments kept. SQL has no paths to claim. */
export function isAsClaimed({ uri, text }: Pick<SourceFile, "uri" | "text">, edits: readonly TextEdit[]): boolean {
  if (isSql(uri)) return true;
  const claims = edits.flatMap((edit) => (edit.changes === undefined ? [] : [edit.changes]));
  const { start, end } = documentsAround(text, edits);
  const moved = edits.map(({ span, newText }) => ({
    span: { start: span.start - start, end: span.end - start },
    newText,
  }));
  const before = text.slice(start, end);
  return verifyEdits(before, applyEdits(before, moved), claims);
}

/** The documents that edits touch, with their separators: a file may hold thousands, and a fix for each. */
function documentsAround(text: string, edits: readonly TextEdit[]): Span {
  const whole = { start: 0, end: text.length };
  if (edits.length === 0 || /^\s*\{/.test(text.slice(0, 4096))) return whole; // JSON has no separators
  const first = edits.reduce((least, { span }) => Math.min(least, span.start), text.length);
  const last = edits.reduce((most, { span }) => Math.max(most, span.end), 0);
  // What is inserted where a separator begins ends the document above it.
  const above = first < 2 ? -1 : text.lastIndexOf("\n---", first - 2);
  const below = text.indexOf("\n---", last);
  return { start: above + 1, end: below < 0 ? text.length : below + 1 };
}

/** By the edits, which concealment keeps. */
const judged = new WeakMap<readonly TextEdit[], boolean>();

/** The fixes of a finding that do what they claim: the same for `--fix`, for reports and for editors. */
export function soundFixes(finding: Finding, files: ReadonlyMap<string, SourceFile>): readonly Fix[] {
  return finding.fixes.filter(({ edits }) => {
    let isSound = judged.get(edits);
    if (isSound === undefined) {
      isSound = [...new Set(edits.map(({ uri }) => uri))].every((uri) => {
        const file = files.get(uri);
        return (
          file !== undefined &&
          isAsClaimed(
            file,
            edits.filter((edit) => edit.uri === uri),
          )
        );
      });
      judged.set(edits, isSound);
    }
    return isSound;
  });
}
