import type { Finding, LintResult, Severity } from "@dbops/core";
import { count, type ReportContext, type Reporter, rangeOf, summaryOf } from "./reporter.ts";

const colors: Readonly<Record<Severity | "dim" | "bold", string>> = {
  error: "31",
  warning: "33",
  info: "36",
  dim: "2",
  bold: "1",
};

type Paint = (style: keyof typeof colors, text: string) => string;

/** Findings with a code frame, related places and the remedy; then what was understood. */
export const human: Reporter = (result, context) => {
  const paint: Paint = (style, text) => (context.color ? `\u001b[${colors[style]}m${text}\u001b[0m` : text);
  const blocks = result.findings.map((finding, index) => {
    // The remedy once for each rule: the tenth finding does not need it again.
    const isFirst = result.findings.findIndex((each) => each.ruleId === finding.ruleId) === index;
    return findingBlock(finding, result, context, paint, isFirst);
  });
  return `${blocks.join("")}${footer(result, context)}`;
};

function findingBlock(
  finding: Finding,
  result: LintResult,
  context: ReportContext,
  paint: Paint,
  withRemedy: boolean,
): string {
  const { location } = finding;
  const range = rangeOf(result, location.uri, location.span);
  const place = `${context.relative(location.uri)}:${range.start.line}:${range.start.column}`;
  const lines = [
    `${paint("bold", place)}  ${paint(finding.severity, finding.severity)}  ${finding.ruleId}`,
    `  ${finding.message}`,
  ];
  lines.push(...codeFrame(finding, result, context, paint));
  const remedy = withRemedy ? context.remedyOf(finding.ruleId) : undefined;
  if (remedy !== undefined)
    lines.push(...wrap(remedy, Math.max(60, context.width) - 2).map((line) => `  ${paint("dim", line)}`));
  return `${lines.join("\n")}\n\n`;
}

function codeFrame(finding: Finding, result: LintResult, context: ReportContext, paint: Paint): readonly string[] {
  const { location } = finding;
  const file = result.files.get(location.uri);
  if (file === undefined || file.text === "") return [];
  const start = file.positionAt(location.span.start);
  const gutter = (line: number | undefined): string =>
    paint("dim", `${(line === undefined ? "" : String(line + 1)).padStart(6)} │ `);
  const textOf = (line: number): string => file.slice(file.lineSpan(line)).replaceAll("\t", " ").slice(0, 160);
  const lines: string[] = [];
  if (start.line > 0 && textOf(start.line - 1).trim() !== "" && !/^---/.test(textOf(start.line - 1)))
    lines.push(gutter(start.line - 1) + redact(textOf(start.line - 1), finding));
  const text = textOf(start.line);
  lines.push(gutter(start.line) + redact(text, finding));
  const end = file.positionAt(location.span.end);
  const length = Math.max(
    1,
    Math.min((end.line === start.line ? end.column : text.length) - start.column, text.length - start.column, 80),
  );
  if (start.column <= 160)
    lines.push(gutter(undefined) + " ".repeat(start.column) + paint(finding.severity, "~".repeat(length)));
  for (const related of finding.related) {
    const place = rangeOf(result, related.uri, related.span);
    const source = result.files.get(related.uri);
    const where = `${context.relative(related.uri)}:${place.start.line}`;
    const related0 =
      source === undefined || related.span.end === 0
        ? ""
        : source
            .slice(source.lineSpan(place.start.line - 1))
            .trim()
            .slice(0, 48);
    lines.push(
      `${paint("dim", `${String(place.start.line).padStart(6)} │ `)}${redact(related0, finding).padEnd(24)}  ${paint("dim", where)} ${related.message}`,
    );
  }
  return lines;
}

/** A line that a finding about credentials points at is shown without its value. */
function redact(text: string, finding: Finding): string {
  const withoutUrls = text.replace(/(:\/\/[^\s:/@]*:)[^\s@]+@/g, "$1…@");
  if (!/password|secret|credential|trust/.test(finding.ruleId))
    return withoutUrls.replace(/((?:pass(?:word|wd)?|secret|token)\w*["']?\s*[:=]\s*["']?)[^\s"'#]+/gi, "$1…");
  return withoutUrls.replace(/^(\s*(?:- )?["']?[\w.-]+["']?\s*[:=]\s*).+$/, "$1…");
}

function footer(result: LintResult, context: ReportContext): string {
  const summary = summaryOf(result);
  const lines: string[] = [];
  const understood = [
    [summary.databases, "database"],
    [summary.poolers, "pooler"],
    [summary.migrations, "migration"],
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

function notLintedLines(result: LintResult, context: ReportContext): readonly string[] {
  if (result.notLinted.length === 0) return [];
  const shown = result.notLinted.slice(0, 3).map((each) => `${context.relative(each.uri)} ${each.message}`);
  const more = result.notLinted.length > 3 ? `; and ${result.notLinted.length - 3} more (--debug lists them)` : "";
  return [
    `${count(result.notLinted.length, "document")} ${result.notLinted.length === 1 ? "was" : "were"} not linted: ${shown.join("; ")}${more}.`,
  ];
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && line.length + word.length + 1 > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
