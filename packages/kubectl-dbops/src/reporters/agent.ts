import type { Fix, LintResult, Span } from "@dbops/core";
import { count, oneLine } from "@dbops/core";
import {
  extentOf,
  notACommand,
  notLintedLines,
  placeOf,
  type ReportContext,
  type Reporter,
  rangeOf,
  remedyFor,
  summaryOf,
} from "./reporter.ts";
import { shownFixes } from "./shown-fixes.ts";

/**
 * For programs that write code: a line for each finding with the edit that ends it, or what a person has to do. No frame, no colour.
 * `PATH:LINE:COLUMN LEVEL RULE: MESSAGE | edit (safe) TITLE: PATH:LINE:COLUMN-LINE:COLUMN => "TEXT"`
 */
export const agent: Reporter = (result, context) => {
  const told = new Set<string>();
  const lines = result.findings.map((finding) => {
    const { ruleId, location, severity } = finding;
    const at = placeOf(location, result, context);
    const parts = [`${at} ${severity} ${ruleId}: ${oneLine(finding.message)}`];
    const [fix] = shownFixes(finding, result);
    const remedy = remedyFor(finding, context) ?? "";
    if (fix !== undefined) parts.push(fixText(fix, result, context));
    // Each once for each rule: the tenth finding does not need it again.
    else if (!told.has(`${ruleId} ${remedy}`)) parts.push(`remedy: ${oneLine(remedy)}`);
    told.add(`${ruleId} ${remedy}`);
    return `${notACommand(parts.join(" | "))}\n`;
  });
  const { errors, warnings, infos } = summaryOf(result);
  const total = [count(errors, "error"), count(warnings, "warning"), count(infos, "info")].join(", ");
  const unseen = notLintedLines(result, context).map((line) => `${line}\n`);
  return `${lines.join("")}${total} in ${extentOf(result)}.\n${unseen.join("")}`;
};

function fixText(fix: Fix, result: LintResult, context: ReportContext): string {
  const title = oneLine(fix.title);
  if (fix.safety === "procedure")
    return `a person decides: ${title} (${context.showsSteps === true ? oneLine(fix.steps ?? "") : "--steps shows how"})`;
  const causes = fix.consequence === undefined ? "" : `, ${oneLine(fix.consequence).replace(/\.$/, "")}`;
  const edits = fix.edits.map(
    ({ uri, span, newText }) => `${rangeText(result, uri, span, context)} => ${JSON.stringify(newText)}`,
  );
  return `edit (${fix.safety}${causes}) ${title}: ${edits.join("; ")}`;
}

/** `PATH:LINE:COLUMN-LINE:COLUMN` */
function rangeText(result: LintResult, uri: string, span: Span, context: ReportContext): string {
  const { start, end } = rangeOf(result, uri, span);
  return `${context.relative(uri)}:${start.line}:${start.column}-${end.line}:${end.column}`;
}
