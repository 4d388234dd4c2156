import { type Finding, type Fix, type LintResult, soundFixes } from "@dbops/core";

/** Fixes that may be shown: one that rewrites or copies a secret would print it, one that only takes it away does not. */
export function shownFixes(finding: Finding, { concealment, files }: LintResult): readonly Fix[] {
  return soundFixes(finding, files).filter((fix) =>
    fix.edits.every(
      ({ uri, span, newText }) =>
        newText === "" || (concealment.spansIn(uri, span).length === 0 && !concealment.isSecretIn(newText, uri)),
    ),
  );
}
