import type { Finding, Fix } from "../rule/finding.ts";
import type { SourceFile } from "../text/source-file.ts";
import { applyEdits, type TextEdit } from "../text/text-edit.ts";
import { verifyEdits } from "../yaml/verify.ts";

/** Whether edits of one text leave YAML that differs at the paths they claim only, comments kept. */
export function isAsClaimed(text: string, edits: readonly TextEdit[]): boolean {
  const claims = edits.flatMap((edit) => (edit.changes === undefined ? [] : [edit.changes]));
  return verifyEdits(text, applyEdits(text, edits), claims);
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
            file.text,
            edits.filter((edit) => edit.uri === uri),
          )
        );
      });
      judged.set(edits, isSound);
    }
    return isSound;
  });
}
