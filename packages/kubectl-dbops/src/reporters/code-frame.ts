import type { Finding, LintResult, Location } from "@dbops/core";
import type { ReportContext } from "./reporter.ts";
import { type SourceLines, windowOf } from "./source-line.ts";

/** Colours a text in the style of its name. */
export type Paint = (style: "error" | "warning" | "info" | "dim" | "bold", text: string) => string;

const relatedWidth = 48;

/** The lines of a finding in their source, a mark below, and the other ends that it speaks of. */
export function codeFrame(
  finding: Finding,
  result: LintResult,
  lines: SourceLines,
  context: ReportContext,
  paint: Paint,
): readonly string[] {
  const { location } = finding;
  const file = result.files.get(location.uri);
  if (file === undefined || file.text === "") return [];
  const start = file.positionAt(location.span.start);
  const end = file.positionAt(location.span.end);
  const gutter = (line: number | undefined): string =>
    paint("dim", `${(line === undefined ? "" : String(line + 1)).padStart(6)} │ `);
  const width = Math.max(40, context.width - 10);
  const line = lines.at(file, start.line);
  const shown = windowOf(line.text, line.columnOf(start.column), width);
  const column = line.columnOf(start.column) - shown.offset;
  const lastColumn = line.columnOf(end.line === start.line ? end.column : Number.MAX_SAFE_INTEGER) - shown.offset;
  const length = Math.max(1, Math.min(lastColumn, shown.text.length) - column);
  const above = start.line === 0 ? "" : lines.at(file, start.line - 1).text;
  return [
    ...(above.trim() === "" || above.startsWith("---")
      ? []
      : [gutter(start.line - 1) + windowOf(above, 0, width).text]),
    gutter(start.line) + shown.text,
    gutter(undefined) + " ".repeat(column) + paint(finding.severity, "~".repeat(length)),
    ...finding.related.map((related) => relatedLine(related, finding, result, lines, context, paint)),
  ];
}

function relatedLine(
  related: Location & { readonly message: string },
  finding: Finding,
  result: LintResult,
  lines: SourceLines,
  context: ReportContext,
  paint: Paint,
): string {
  const file = result.files.get(related.uri);
  if (file === undefined) return `${paint("dim", "       │ ")}${context.relative(related.uri)} ${related.message}`;
  const start = file.positionAt(related.span.start);
  const where = `${context.relative(related.uri)}:${start.line + 1}`;
  const line = lines.at(file, start.line);
  const column = line.columnOf(start.column);
  const isSameLine =
    related.uri === finding.location.uri && file.positionAt(finding.location.span.start).line === start.line;
  const indent = /^\s*/.exec(line.text)?.[0].length ?? 0;
  const text = isSameLine
    ? line.text.slice(column, line.columnOf(file.positionAt(related.span.end).column))
    : windowOf(line.text.slice(indent).trimEnd(), column - indent, relatedWidth).text;
  // The start of a file stands for the file.
  const shown = related.span.end === 0 ? "" : text;
  return `${paint("dim", `${String(start.line + 1).padStart(6)} │ `)}${shown.padEnd(24)}  ${paint("dim", where)} ${related.message}`;
}
