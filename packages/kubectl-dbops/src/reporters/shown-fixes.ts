import type { Finding, Fix, LintResult } from "@dbops/core";

/** Fixes that may be shown: one that rewrites or copies a secret would print it. */
export function shownFixes(finding: Finding, { concealment }: LintResult): readonly Fix[] {
  return finding.fixes.filter((fix) =>
    fix.edits.every(
      ({ uri, span, newText }) => concealment.spansIn(uri, span).length === 0 && !concealment.isSecretIn(newText, uri),
    ),
  );
}
