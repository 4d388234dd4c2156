import type { Finding, Span } from "@dbops/core";

/** One change of a text, as an editor tells it. */
export interface Change {
  readonly offset: number;
  readonly removed: number;
  readonly inserted: number;
}

/** Findings that move with the text while nothing better is known. */
export function moved(findings: readonly Finding[], uri: string, change: Change): readonly Finding[] {
  return findings.map((finding) => ({
    ...finding,
    location:
      finding.location.uri === uri
        ? { ...finding.location, span: movedSpan(finding.location.span, change) }
        : finding.location,
    related: finding.related.map((related) =>
      related.uri === uri ? { ...related, span: movedSpan(related.span, change) } : related,
    ),
    fixes: [], // their edits were made for another text
  }));
}

/** What lies behind a change moves; what it touches keeps its start, as a marker in an editor does. */
function movedSpan(span: Span, { offset, removed, inserted }: Change): Span {
  const move = (place: number): number =>
    place >= offset + removed ? place + inserted - removed : Math.min(place, offset + inserted);
  const start = span.start < offset ? span.start : move(span.start);
  const end = span.end <= offset ? span.end : move(span.end);
  return { start, end: Math.max(start, end) };
}

/**
 * What to show of a file in which documents are half typed: there the findings of the last whole state (only the typed line
 * is not known), elsewhere the new ones.
 */
export function withHeld(
  fresh: readonly Finding[],
  held: readonly Finding[] | undefined,
  recovered: readonly Span[],
): readonly Finding[] {
  if (held === undefined || recovered.length === 0) return fresh;
  const isInside = (finding: Finding): boolean =>
    recovered.some(({ start, end }) => finding.location.span.start >= start && finding.location.span.start <= end);
  return [...fresh.filter((finding) => !isInside(finding)), ...held.filter(isInside)];
}
