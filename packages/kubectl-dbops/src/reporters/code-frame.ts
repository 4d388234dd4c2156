import { count, type Finding, fieldOf, type LintResult, type Location } from "@dbops/core";
import type { Paint } from "../paint.ts";
import { wrap } from "../wrap.ts";
import { isLive, type ReportContext } from "./reporter.ts";
import { type SourceLines, windowOf } from "./source-line.ts";

const relatedWidth = 48;
/** Files that are named before the rest are counted. */
const wholeFiles = 3;

type Related = Finding["related"][number];

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
  const gutter = (line: number | undefined): string => paint("dim", `${numberOf(line, location.uri)} │ `);
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
    ...relatedLines(finding, result, lines, context, paint),
  ];
}

/** The number of a line; nobody has the lines of a live object. */
function numberOf(line: number | undefined, uri: string): string {
  return (line === undefined || isLive(uri) ? "" : String(line + 1)).padStart(6);
}

/** The other ends of a finding, by file: a line names each other file before its lines. */
function relatedLines(
  finding: Finding,
  result: LintResult,
  lines: SourceLines,
  context: ReportContext,
  paint: Paint,
): readonly string[] {
  let uri = finding.location.uri;
  return groupsOf(finding.related).flatMap(([related, ...more]) => {
    const isOther = related.uri !== uri;
    uri = (more.at(-1) ?? related).uri;
    const named = [related, ...more.slice(0, wholeFiles - 1)];
    const left = 1 + more.length - named.length;
    const last =
      left === 0 ? related : { ...related, message: `${related.message}, and in ${count(left, "more file")}` };
    return [
      ...(isOther ? named.map((each) => otherFile(each, result, context, paint)) : []),
      ...relatedLine(last, finding, result, lines, context, paint),
    ];
  });
}

/** What is said of several whole files is said once for all of them. */
function groupsOf(related: Finding["related"]): readonly (readonly [Related, ...Related[]])[] {
  const groups: [Related, ...Related[]][] = [];
  for (const each of related) {
    const group = groups.at(-1);
    const isSame = group !== undefined && each.span.end === 0 && group[0].span.end === 0;
    if (isSame && group[0].message === each.message) group.push(each);
    else groups.push([each]);
  }
  return groups;
}

/** `│ shop/postgres.yaml:32`, between the lines of one file and those of another. */
function otherFile(
  { uri, span, yamlPath }: Location,
  { files }: LintResult,
  context: ReportContext,
  paint: Paint,
): string {
  if (isLive(uri)) return paint("dim", `       ├─ ${context.relative(uri)} ${fieldOf(yamlPath)}`.trimEnd());
  const file = files.get(uri);
  const line = file === undefined || span.end === 0 ? "" : `:${file.positionAt(span.start).line + 1}`;
  return paint("dim", `       ├─ ${context.relative(uri)}${line}`);
}

function relatedLine(
  related: Location & { readonly message: string },
  finding: Finding,
  result: LintResult,
  lines: SourceLines,
  context: ReportContext,
  paint: Paint,
): readonly string[] {
  const file = result.files.get(related.uri);
  const blank = paint("dim", "       │ ");
  // The start of a file stands for the file.
  if (file === undefined || related.span.end === 0) return [`${blank}${related.message}`];
  const start = file.positionAt(related.span.start);
  const line = lines.at(file, start.line);
  const column = line.columnOf(start.column);
  const isSameLine =
    related.uri === finding.location.uri && file.positionAt(finding.location.span.start).line === start.line;
  const indent = /^\s*/.exec(line.text)?.[0].length ?? 0;
  const room = Math.max(40, context.width - 9);
  const text = isSameLine
    ? line.text.slice(column, line.columnOf(file.positionAt(related.span.end).column))
    : windowOf(line.text.slice(indent).trimEnd(), column - indent, Math.min(relatedWidth, room)).text;
  const gutter = paint("dim", `${numberOf(start.line, related.uri)} │ `);
  const fits = context.columns === undefined || Math.max(24, text.length) + 2 + related.message.length <= room;
  if (fits) return [`${gutter}${text.padEnd(24)}  ${related.message}`];
  return [`${gutter}${text}`, ...wrap(related.message, room - 2).map((part) => `${blank}  ${part}`)];
}
