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

/** A file at one moment: what was shown of it, and the texts of its documents. */
export interface ShownFile {
  readonly findings: readonly Finding[];
  readonly documents: readonly string[];
}

/** What of a folder is not readable at this moment, as its file's text stands now. */
export interface Unreadable {
  /** Documents of the file that the typed line keeps from being read. */
  readonly halfTyped: readonly Span[];
  /** Whether a document of any shown file could be read before and cannot now: what joins with it is not known. */
  readonly isPartOfFolder: boolean;
}

/**
 * What to show of a file while something cannot be read: in the documents that are half typed the findings of the last whole
 * state (only the typed line is not known); in those that did not change, also what only the missing document silences.
 */
export function withHeld(
  fresh: readonly Finding[],
  before: ShownFile | undefined,
  documents: readonly { readonly span: Span; readonly text: string }[],
  { halfTyped, isPartOfFolder }: Unreadable,
): readonly Finding[] {
  if (before === undefined || (halfTyped.length === 0 && !isPartOfFolder)) return fresh;
  const isInside = ({ location }: Finding, spans: readonly Span[]): boolean =>
    spans.some(({ start, end }) => location.span.start >= start && location.span.start <= end);
  const texts = new Set(before.documents);
  const unchanged = documents.flatMap(({ span, text }) => (texts.has(text) ? [span] : []));
  const kept = fresh.filter((finding) => !isInside(finding, halfTyped));
  const known = new Set(kept.map(keyOf));
  return [
    ...kept,
    ...before.findings.filter(
      (finding) =>
        isInside(finding, halfTyped) || (isPartOfFolder && isInside(finding, unchanged) && !known.has(keyOf(finding))),
    ),
  ];
}

const keyOf = ({ ruleId, location }: Finding): string => `${ruleId} ${location.span.start}`;
