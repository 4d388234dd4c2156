import type { Finding, LintResult, Severity } from "@dbops/core";
import { wrap } from "../wrap.ts";
import { codeFrame, type Paint } from "./code-frame.ts";
import {
  count,
  notACommand,
  notLintedLines,
  oneLine,
  type ReportContext,
  type Reporter,
  rangeOf,
  summaryOf,
} from "./reporter.ts";
import { SourceLines } from "./source-line.ts";

const colors: Readonly<Record<Severity | "dim" | "bold", string>> = {
  error: "31",
  warning: "33",
  info: "36",
  dim: "2",
  bold: "1",
};

/** Findings with a code frame, related places and the remedy; then what was understood. */
export const human: Reporter = (result, context) => `${findingBlocks(result, context)}${footer(result, context)}`;

/** How a style looks, where there are colours. */
export function painter(context: ReportContext): Paint {
  return (style, text) => (context.color ? `\u001b[${colors[style]}m${text}\u001b[0m` : text);
}

/** Each finding with its lines, and an empty line after it. */
export function findingBlocks(result: LintResult, context: ReportContext): string {
  const paint = painter(context);
  const explained = new Set<string>();
  const sources = new SourceLines(result.concealment);
  const blocks = result.findings.map((finding) => {
    // The remedy once for each rule: the tenth finding does not need it again.
    const isFirst = !explained.has(finding.ruleId);
    explained.add(finding.ruleId);
    return findingBlock(finding, result, sources, context, paint, isFirst);
  });
  return blocks.join("");
}

function findingBlock(
  finding: Finding,
  result: LintResult,
  sources: SourceLines,
  context: ReportContext,
  paint: Paint,
  withRemedy: boolean,
): string {
  const { location } = finding;
  const range = rangeOf(result, location.uri, location.span);
  const place = `${context.relative(location.uri)}:${range.start.line}:${range.start.column}`;
  const lines = [
    `${paint("bold", place)}  ${paint(finding.severity, finding.severity)}  ${finding.ruleId}`,
    `  ${notACommand(oneLine(finding.message))}`,
  ];
  lines.push(...codeFrame(finding, result, sources, context, paint));
  const remedy = withRemedy ? context.remedyOf(finding.ruleId) : undefined;
  if (remedy !== undefined)
    lines.push(...wrap(remedy, Math.max(60, context.width) - 2).map((line) => `  ${paint("dim", line)}`));
  return `${lines.join("\n")}\n\n`;
}

function footer(result: LintResult, context: ReportContext): string {
  const summary = summaryOf(result);
  const lines: string[] = [];
  const understood = [
    [summary.databases, "database"],
    [summary.poolers, "pooler"],
    [summary.migrations, "migration"],
    [summary.scripts, "SQL script"],
    [summary.backups, "backup"],
  ] as const;
  const what = understood.filter(([number]) => number > 0).map(([number, word]) => count(number, word));
  const seen = `${count(summary.files, "file")}, ${count(summary.objects, "object")}`;
  const total = result.findings.length;
  if (total === 0) {
    const isEmpty = what.length === 0;
    lines.push(
      isEmpty
        ? `No database objects in ${count(summary.files, "file")}.`
        : `No problems in ${seen}: ${what.join(", ")}.`,
    );
  } else {
    const parts = [
      count(summary.errors, "error"),
      count(summary.warnings, "warning"),
      count(summary.infos, "info"),
    ].filter((part) => !part.startsWith("0 "));
    const { safe, unsafe } = summary.fixable;
    const fixes =
      safe > 0
        ? ` ${safe} can be fixed with --fix${unsafe > 0 ? `, ${unsafe} more with --unsafe-fixes` : ""}.`
        : unsafe > 0
          ? ` ${unsafe} can be fixed with --fix --unsafe-fixes.`
          : "";
    lines.push(
      `${count(total, "problem")} (${parts.join(", ")}) in ${seen}${what.length === 0 ? "" : `: ${what.join(", ")}`}.${fixes}`,
    );
  }
  if (summary.suppressed > 0) lines.push(`${count(summary.suppressed, "finding")} suppressed.`);
  lines.push(...notLintedLines(result, context));
  return `${lines.join("\n")}\n`;
}
