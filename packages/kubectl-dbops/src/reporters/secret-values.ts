import type { Finding, Fix, LintResult, SourceFile, Span } from "@dbops/core";

/** The secret values at these spans, longest first, so that one that holds another is hidden whole. */
export function secretValues(file: SourceFile, spans: readonly Span[]): readonly string[] {
  const values = new Set(spans.map((span) => file.slice(span).trim()).filter((value) => value !== ""));
  return [...values].sort((a, b) => b.length - a.length);
}

/** A value of this length does not stand in a text by chance. */
const unmistakable = 8;

/** A text with `…` where one of the values stands; a short one as a word of its own, for the password `a` is not every letter a. */
export function hideValues(text: string, values: readonly string[]): string {
  return values.reduce((rest, value) => {
    if (!rest.includes(value)) return rest;
    if (value.length >= unmistakable) return rest.replaceAll(value, "…");
    const escaped = value.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    // mysqldump -pVALUE
    return rest.replace(new RegExp(`(?:(?<!\\w)|(?<=\\W-p))${escaped}(?!\\w)`, "g"), "…");
  }, text);
}

/** How far from an edit the text lies that it may copy: its own object. */
const reach = 50_000;

/** Fixes that may be shown: one that rewrites or copies a secret would print it. */
export function shownFixes(finding: Finding, result: LintResult): readonly Fix[] {
  return finding.fixes.filter((fix) =>
    fix.edits.every(({ uri, span, newText }) => {
      const file = result.files.get(uri);
      if (file === undefined || result.secretsIn(uri, span).length > 0) return false;
      const near = result.secretsIn(uri, { start: span.start - reach, end: span.end + reach });
      return hideValues(newText, secretValues(file, near)) === newText;
    }),
  );
}
