import type { Finding } from "../rule/finding.ts";

/** By uri, place, rule: the order in which everything is reported. */
export function compareFindings(a: Finding, b: Finding): number {
  if (a.location.uri !== b.location.uri) return a.location.uri < b.location.uri ? -1 : 1;
  return (
    a.location.span.start - b.location.span.start ||
    a.location.span.end - b.location.span.end ||
    (a.ruleId < b.ruleId ? -1 : a.ruleId > b.ruleId ? 1 : 0)
  );
}
