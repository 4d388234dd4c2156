import { type Finding, fieldOf, type LintResult, type Location, type SuppressedFinding } from "@dbops/core";
import { isLive, jsonText, type ReportContext, type Reporter, rangeOf, summaryOf } from "./reporter.ts";
import { shownFixes } from "./shown-fixes.ts";

/** The contract of packages/kubectl-dbops/schema/findings.schema.json: fields are added, never renamed. */
export const json: Reporter = (result, context) => `${jsonText(reportDocument(result, context), 2)}\n`;

/** What every report in JSON has. */
export function reportDocument(result: LintResult, context: ReportContext): object {
  return {
    schemaVersion: 1,
    tool: { name: "dbops", version: context.version },
    findings: result.findings.map((finding) => findingJson(finding, result, context)),
    suppressed: result.suppressed.map((finding) => suppressedJson(finding, result, context)),
    notLinted: result.notLinted.map((each) => ({
      path: context.relative(each.uri),
      document: each.document,
      start: rangeOf(result, each.uri, each.span).start,
      reason: each.reason,
      message: each.message,
    })),
    summary: summaryOf(result),
  };
}

/** One finding a line, then one line with the summary. */
export const jsonl: Reporter = (result, context) =>
  [...result.findings.map((finding) => findingJson(finding, result, context)), { summary: summaryOf(result) }]
    .map((line) => `${jsonText(line)}\n`)
    .join("");

function place(location: Location, result: LintResult, context: ReportContext): object {
  // Lines of an object that no file holds would mean nothing.
  if (isLive(location.uri)) return { path: context.relative(location.uri), field: fieldOf(location.yamlPath) };
  return { path: context.relative(location.uri), ...rangeOf(result, location.uri, location.span) };
}

function findingJson(finding: Finding, result: LintResult, context: ReportContext): object {
  return {
    rule: finding.ruleId,
    severity: finding.severity,
    message: finding.message,
    ...(finding.remedy === undefined ? {} : { remedy: finding.remedy }),
    ...place(finding.location, result, context),
    subject:
      finding.subject === undefined ? null : { ...finding.subject, namespace: finding.subject.namespace ?? null },
    related: finding.related.map((related) => ({ message: related.message, ...place(related, result, context) })),
    fixes: shownFixes(finding, result).map((fix) => ({
      title: fix.title,
      safety: fix.safety,
      ...(fix.consequence === undefined ? {} : { consequence: fix.consequence }),
      edits: fix.edits.map((edit) => ({
        path: context.relative(edit.uri),
        ...rangeOf(result, edit.uri, edit.span),
        newText: edit.newText,
      })),
      ...(fix.steps === undefined ? {} : { steps: fix.steps }),
    })),
    fingerprint: finding.fingerprint,
  };
}

function suppressedJson(finding: SuppressedFinding, result: LintResult, context: ReportContext): object {
  const { suppression } = finding;
  return {
    ...findingJson(finding, result, context),
    suppression: {
      by: suppression.by,
      path: context.relative(suppression.uri),
      start: rangeOf(result, suppression.uri, suppression.span).start,
      ...(suppression.reason === undefined ? {} : { reason: suppression.reason }),
      ...(suppression.until === undefined ? {} : { until: suppression.until }),
    },
  };
}
