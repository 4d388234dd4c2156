import {
  count,
  type DatabaseBackups,
  escapeUnprintable,
  type Finding,
  fieldOf,
  type LintResult,
  type Location,
  liveNameOf,
  type Position,
  printable,
  type RenderedOrigins,
  type Severity,
  SourceFile,
  type Span,
  soundFixes,
} from "@dbops/core";
import { wrap } from "../wrap.ts";

/** What was read of a cluster. */
export interface ClusterExtent {
  /** When, an ISO time; of files the newest time in them. */
  readonly readAt: string;
  /** The only one that was read; undefined: all. */
  readonly namespace?: string;
  /** Kinds of which not everything was read. */
  readonly unread: readonly string[];
}

export interface ReportContext {
  readonly color: boolean;
  /** Columns for lines of source and tables. */
  readonly width: number;
  /** Columns of the terminal, at which sentences break; undefined: off a terminal, where a message stays on one line. */
  readonly columns?: number;
  /** Findings that --min-severity keeps from being shown. */
  readonly withheld?: { readonly number: number; readonly below: Severity };
  /** Procedures are written out. */
  readonly showsSteps?: boolean;
  /** Whether the terminal opens links (OSC 8). */
  readonly hasLinks?: boolean;
  readonly version: string;
  /** Where rendered texts come from, by their uri. */
  readonly origins?: ReadonlyMap<string, RenderedOrigins>;
  /** A uri relative to the working directory, with `/`; for people as they can read it, for programs as it is. */
  relative(uri: string): string;
  /** Remedy of a rule, for people; undefined: none to show. */
  remedyOf(ruleId: string): string | undefined;
  /** A link to the rule's page; undefined where the project has no home page. */
  linkOf(ruleId: string): string | undefined;
}

/** A place as programs are told it: of a file its line from 1, of an object of a cluster its field. */
type Placed = { readonly path: string } & ({ readonly line: number } | { readonly field: string });

/** Where a value is written: of rendered text the file that it was rendered from. */
export function placed({ file, span, yamlPath }: Placeable, { origins, relative }: ReportContext): Placed {
  if (isLive(file.uri)) return { path: relative(file.uri), field: fieldOf(yamlPath) };
  const origin = origins?.get(file.uri)?.originOf({ uri: file.uri, span, yamlPath });
  const at = origin === undefined ? { file, span } : { file: origin.file, span: origin.location.span };
  return { path: relative(at.file.uri), line: at.file.positionAt(at.span.start).line + 1 };
}

/** `shop/db.yaml:12`, `StatefulSet shop/db .spec.replicas` */
export function placeText(at: Placeable, context: ReportContext): string {
  const place = placed(at, context);
  return "line" in place ? `${place.path}:${place.line}` : `${place.path} ${place.field}`.trimEnd();
}

type Placeable = DatabaseBackups["at"];

/** Renders a result; pure. */
export type Reporter = (result: LintResult, context: ReportContext) => string;

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** One-based lines and columns of a span, the end exclusive. */
export function rangeOf(result: LintResult, uri: string, span: Span): Range {
  const file = result.files.get(uri) ?? new SourceFile(uri, "");
  const start = file.positionAt(span.start);
  const end = file.positionAt(span.end);
  return {
    start: { line: start.line + 1, column: start.column + 1 },
    end: { line: end.line + 1, column: end.column + 1 },
  };
}

/** Where something is, for people: `shop/db.yaml:9:13` in a file, `StatefulSet shop/db .spec.replicas` in a cluster. */
export function placeOf({ uri, span, yamlPath }: Location, result: LintResult, context: ReportContext): string {
  if (isLive(uri)) return `${context.relative(uri)} ${fieldOf(yamlPath)}`.trimEnd();
  const { start } = rangeOf(result, uri, span);
  return `${context.relative(uri)}:${start.line}:${start.column}`;
}

/** Whether it is an object of a cluster: nobody has the lines of its text. */
export function isLive(uri: string): boolean {
  return liveNameOf(uri) !== undefined;
}

/** `6 files, 11 objects`, or the objects of a cluster. */
export function extentOf(result: LintResult): string {
  const { files, objects } = result.counts;
  return isOfCluster(result) ? count(files, "object") : `${count(files, "file")}, ${count(objects, "object")}`;
}

/** Whether a run was about a cluster. */
export function isOfCluster({ units }: LintResult): boolean {
  return units.some(({ kind }) => kind === "cluster");
}

export interface Summary {
  readonly files: number;
  readonly documents: number;
  readonly objects: number;
  readonly databases: number;
  readonly poolers: number;
  readonly clients: number;
  readonly migrations: number;
  readonly scripts: number;
  readonly backups: number;
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
  readonly suppressed: number;
  readonly notLinted: number;
  readonly fixable: { readonly safe: number; readonly unsafe: number };
}

/** Everything the human footer says, for every format. */
export function summaryOf(result: LintResult): Summary {
  const { counts, findings } = result;
  const of = (severity: Finding["severity"]): number =>
    findings.filter((finding) => finding.severity === severity).length;
  const fixableAs = (safety: string): number =>
    findings.filter((finding) => soundFixes(finding, result.files)[0]?.safety === safety).length;
  return {
    files: counts.files,
    documents: counts.documents,
    objects: counts.objects,
    databases: counts.databases,
    poolers: counts.poolers,
    clients: counts.clients,
    migrations: counts.migrations,
    scripts: counts.scripts,
    backups: counts.backups,
    errors: of("error"),
    warnings: of("warning"),
    infos: of("info"),
    suppressed: result.suppressed.length,
    notLinted: result.notLinted.length,
    fixable: { safe: fixableAs("safe"), unsafe: fixableAs("unsafe") },
  };
}

/** What no rule saw, in sentences; a document that is not YAML is a finding already. */
export function notLintedLines(result: LintResult, context: ReportContext): readonly string[] {
  const unseen = result.notLinted.filter(({ reason }) => reason !== "not-yaml" && reason !== "chart");
  const shown = unseen.slice(0, 3).map((each) => `${context.relative(each.uri)} ${each.message}`);
  const more = unseen.length > 3 ? `; and ${unseen.length - 3} more (--debug lists them)` : "";
  const documents =
    unseen.length === 0
      ? []
      : [
          `${count(unseen.length, "document")} ${unseen.length === 1 ? "was" : "were"} not linted: ${shown.join("; ")}${more}.`,
        ];
  return [...documents, ...chartLines(result)];
}

function chartLines({ notLinted }: LintResult): readonly string[] {
  const charts = new Map<string, { readonly many: string; number: number }>();
  for (const { chart } of notLinted) {
    if (chart === undefined) continue;
    const known = charts.get(chart.one);
    if (known === undefined) charts.set(chart.one, { many: chart.many, number: 1 });
    else known.number++;
  }
  return [...charts].map(
    ([one, { many, number }]) =>
      `${count(number, one, many)} ${number === 1 ? "was not read: its" : "were not read: their"} values decide.`,
  );
}

/** What to do about a finding, and where its page is, for formats that have room for it. */
export function adviceOf(finding: Finding, context: ReportContext): readonly string[] {
  return [remedyFor(finding, context), context.linkOf(finding.ruleId)].flatMap((part) => part ?? []);
}

/** What to do about a finding: its own remedy, else its rule's; undefined: none to show. */
export function remedyFor({ ruleId, remedy }: Finding, { remedyOf }: ReportContext): string | undefined {
  return remedy ?? remedyOf(ruleId);
}

/** Text for an XML attribute or element. XML 1.0 cannot hold control characters, escaped or not. https://www.w3.org/TR/xml/#charsets */
export function escapeXml(text: string): string {
  const known = text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
  return escapeUnprintable(known, (code) => `&#${code};`);
}

/** A document as JSON; a terminal that shows it obeys nothing in it, and who parses it reads every name as it is. */
export function jsonText(document: unknown, indent?: number): string {
  return escapeUnprintable(JSON.stringify(document, null, indent), (code) =>
    code === 10 ? "\n" : `\\u${code.toString(16).padStart(4, "0")}`,
  );
}

/** A file's name for people: on one line, and no command of the CI that reads the log (`::stop-commands::`). */
export function shownPath(path: string): string {
  return notACommand(printable(path), "./");
}

/** A text at the beginning of a line of a log. https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
export function notACommand(text: string, before = "\\"): string {
  return /^\s*(::|##)/.test(text) ? before + text.trimStart() : text;
}

/** A sentence in as many lines as the terminal needs, each behind an indent of so many blanks. */
export function sentence(text: string, indent: number, { columns }: ReportContext): readonly string[] {
  const lines = columns === undefined ? [text] : wrap(text, Math.max(40, columns) - indent);
  return lines.map((line) => " ".repeat(indent) + line);
}
