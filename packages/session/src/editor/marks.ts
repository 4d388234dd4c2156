import type { LintResult, Span } from "@dbops/core";

/** What editors strike through, and what they fade, by rule. */
export const ruleTags: Readonly<Record<string, "deprecated" | "unnecessary">> = {
  "api-version-removed": "deprecated",
  "cnpg-in-tree-backup-deprecated": "deprecated",
  "database-setting-removed": "deprecated",
  "image-withdrawn": "deprecated",
  "removed-topology-label": "deprecated",
  "document-text-ignored": "unnecessary",
  "suppression-expired": "unnecessary",
  "suppression-unused": "unnecessary",
};

/** A document that was not linted, and what is said of it: the rest of a sentence. */
export interface Unlinted {
  /** Its first line. */
  readonly span: Span;
  readonly message: string;
}

/** Documents of a file that are too large to lint: silence would be taken for praise. */
export function tooLargeIn(
  name: string,
  { notLinted, files }: Pick<LintResult, "notLinted" | "files">,
): readonly Unlinted[] {
  return notLinted.flatMap(({ uri, reason, span, message }) => {
    const file = files.get(uri);
    if (uri !== name || reason !== "too-large" || file === undefined) return [];
    return [{ span: file.lineSpan(file.positionAt(span.start).line), message }];
  });
}
