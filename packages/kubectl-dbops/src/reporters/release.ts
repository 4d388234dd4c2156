import type { Location, ReleaseFact, ReleasePage, ReleaseScript, ReleaseStatement } from "@dbops/core";
import { cell, count } from "@dbops/core";
import { painter } from "../paint.ts";
import { wrap } from "../wrap.ts";
import { jsonText, notACommand, placed, placeText, type ReportContext } from "./reporter.ts";

/** What the reports of `release` know beside the pages. */
interface ReleaseContext extends ReportContext {
  readonly files: number;
  /** The line of a finding, from 1. */
  lineOf(location: Location): number;
  /** What was not read, in sentences. */
  readonly unseen: readonly string[];
}

type ReleaseReporter = (pages: readonly ReleasePage[], context: ReleaseContext) => string;

/** Every format by the name that -o takes. */
export const releaseReporters: Readonly<Record<"human" | "json" | "markdown", ReleaseReporter>> = {
  human,
  json,
  markdown,
};

type At = NonNullable<ReleaseFact["at"]>;

const nothing = (context: ReleaseContext): string => `No migration in ${count(context.files, "file")}.`;

function human(pages: readonly ReleasePage[], context: ReleaseContext): string {
  const width = Math.max(60, Math.min(context.width, 80));
  const paint = painter(context);
  const lines = pages.flatMap((page) => [
    paint("bold", notACommand(`${page.title} (${placeText(page.at, context)})`)),
    ...labelled("runs", page.runs, context, width),
    ...labelled("through", page.through, context, width),
    ...labelled("beside", page.beside, context, width),
    "",
    ...page.scripts.flatMap((script) => [...scriptLines(script, context, width), ""]),
    ...section("order", stepLines(page, width)),
    ...section(
      "way back",
      undoLines(page).flatMap((text) => hanging(text, "  ", width)),
    ),
    ...section(
      "findings",
      findingLines(page, context).flatMap((text) => hanging(text, "  ", width)),
    ),
  ]);
  const sums = pages.length === 0 ? [nothing(context)] : [];
  const below = context.unseen.flatMap((text) => wrap(text, 80));
  return `${[...lines, ...sums, ...below].join("\n").trimEnd()}\n`;
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`  ${title}`, ...lines.map((line) => `  ${line}`), ""];
}

/** A text in lines, the first behind a mark and the others as far in. */
function hanging(text: string, mark: string, width: number): readonly string[] {
  return wrap(text, width - 4 - mark.length).map(
    (line, index) => `  ${index === 0 ? mark : " ".repeat(mark.length)}${line}`,
  );
}

function labelled(
  label: string,
  facts: readonly ReleaseFact[],
  context: ReportContext,
  width: number,
): readonly string[] {
  return facts.flatMap(({ text, at }, index) => {
    const words = at === undefined ? text : `${text} (${placeText(at, context)})`;
    return wrap(words, width - 11).map(
      (line, part) => `  ${(index === 0 && part === 0 ? label : "").padEnd(9)}${line}`,
    );
  });
}

function scriptTitle({ name, at, wrapping }: ReleaseScript, context: ReportContext): string {
  const shown = name === at.file.uri ? context.relative(name) : name;
  return wrapping === undefined ? shown : `${shown}: ${wrapping}`;
}

/** `ACCESS EXCLUSIVE on orders and lines` */
function locksText({ locks, note }: ReleaseStatement): string {
  if (note !== undefined) return note;
  const byLock = new Map<string, string[]>();
  for (const { table, lock } of locks) byLock.set(lock, [...(byLock.get(lock) ?? []), table]);
  return [...byLock].map(([lock, tables]) => `${lock} on ${[...new Set(tables)].join(", ")}`).join("; ");
}

const waiting = {
  reads: "everyone",
  writes: "writers",
  rows: "writers of its rows",
  nothing: "nobody",
  unknown: "not known",
} as const;

function waitsText({ stops, isLong }: ReleaseStatement): string {
  return isLong && stops !== "nothing" ? `${waiting[stops]}, for long` : waiting[stops];
}

function scriptLines(script: ReleaseScript, context: ReportContext, width: number): readonly string[] {
  const { statements } = script;
  const title = wrap(scriptTitle(script, context), width - 2).map((line) => `  ${line}`);
  if (statements.length === 0) return [...title, `    ${withoutStatements(script)}`];
  const rows = statements.map((each) => [
    `${each.at.file.positionAt(each.at.span.start).line + 1}`,
    each.words,
    waitsText(each),
    locksText(each),
  ]);
  const widths = [4, 0, 0].map((least, column) =>
    Math.max(
      least,
      ...rows.map((row) => row[column]?.length ?? 0),
      ["line", "statement", "who waits"][column]?.length ?? 0,
    ),
  );
  const line = (cells: readonly (string | undefined)[]): string =>
    `    ${cells
      .slice(0, 3)
      .map((text, column) => (text ?? "").padEnd(widths[column] ?? 0))
      .join("  ")}  `;
  return [
    ...title,
    `${line(["line", "statement", "who waits"])}lock`,
    ...rows.flatMap((row) => {
      const head = line(row);
      const lock = row[3] ?? "";
      return head.length + lock.length <= width
        ? [`${head}${lock}`.trimEnd()]
        : [head.trimEnd(), ...wrap(lock, width - 10).map((text) => `${" ".repeat(10)}${text}`)];
    }),
  ];
}

/** MySQL is read word by word: what is not recognized may still lock. */
const withoutStatements = ({ dialect }: ReleaseScript): string =>
  dialect === "mysql" ? "no statement was recognized that locks a table" : "changes nothing that is in use";

function stepLines({ steps }: ReleasePage, width: number): readonly string[] {
  return steps.flatMap(({ text, check }, index) => [
    ...hanging(text, `${index + 1}. `, width),
    // A command is copied as one line, a query may have several.
    ...(check === undefined ? [] : check.isQuery ? hanging(check.text, "   ", width) : [`     ${check.text}`]),
  ]);
}

function undoLines({ undo: { command, note, lost }, scripts }: ReleasePage): readonly string[] {
  const way =
    command === undefined
      ? note === undefined
        ? []
        : [`${capital(note)}.`]
      : [`${command}${note === undefined ? "" : ` (${note})`}`];
  if (lost.length > 0) return [...way, `No command brings back ${lost.join("; ")}: only a backup does.`];
  return scripts.length === 0 ? [...way, "What it cannot undo is not known: no new SQL is in view."] : way;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function findingLines({ findings }: ReleasePage, context: ReleaseContext): readonly string[] {
  return findings.map(
    ({ severity, ruleId, location }) =>
      `${context.relative(location.uri)}:${context.lineOf(location)} ${severity} ${ruleId}`,
  );
}

function markdown(pages: readonly ReleasePage[], context: ReleaseContext): string {
  if (pages.length === 0) return `${[nothing(context), ...context.unseen].join("\n")}\n`;
  const item = ({ text, at }: ReleaseFact): string =>
    `${cell(text)}${at === undefined ? "" : ` (${cell(placeText(at, context))})`}`;
  const lines = pages.flatMap((page) => [
    `### ${cell(page.title)}`,
    "",
    ...page.runs.map((each) => `- Runs ${item(each)}`),
    ...page.through.map((each) => `- Through ${item(each)}`),
    ...page.beside.map((each) => `- Beside ${item(each)}`),
    "",
    ...page.scripts.flatMap((script) => [
      `**${cell(scriptTitle(script, context))}**`,
      "",
      ...(script.statements.length === 0
        ? [`${capital(withoutStatements(script))}.`]
        : [
            "| line | statement | who waits | lock | step |",
            "|---:|---|---|---|---|",
            ...script.statements.map(
              (each) =>
                `| ${[`${each.at.file.positionAt(each.at.span.start).line + 1}`, each.words, waitsText(each), locksText(each), each.phase ?? ""].map((text) => cell(text)).join(" | ")} |`,
            ),
          ]),
      "",
    ]),
    ...page.steps.map(({ text, check }) => `- [ ] ${cell(text)}${check === undefined ? "" : `<br>\`${check.text}\``}`),
    "",
    ...undoLines(page).map((text, index) => `${index === 0 ? "Way back: " : ""}${cell(text)}`),
    ...(page.findings.length === 0 ? [] : ["", ...findingLines(page, context).map((text) => `- ${cell(text)}`)]),
    "",
  ]);
  return `${[...lines, ...context.unseen].join("\n").trimEnd()}\n`;
}

/** The contract of packages/kubectl-dbops/schema/release.schema.json: fields are added, never renamed. */
function json(pages: readonly ReleasePage[], context: ReleaseContext): string {
  const place = (at: At): object => placed(at, context);
  const facts = (list: readonly ReleaseFact[]): readonly object[] =>
    list.map(({ text, at }) => ({ text, at: at === undefined ? null : place(at) }));
  const document = {
    schemaVersion: 1,
    tool: { name: "dbops", version: context.version },
    migrations: pages.map((page) => ({
      title: page.title,
      tool: page.tool ?? null,
      at: place(page.at),
      runs: facts(page.runs),
      through: facts(page.through),
      beside: facts(page.beside),
      scripts: page.scripts.map((script) => ({
        name: script.name === script.at.file.uri ? context.relative(script.name) : script.name,
        at: place(script.at),
        wrapping: script.wrapping ?? null,
        statements: script.statements.map((each) => ({
          text: each.words,
          at: place(each.at),
          locks: each.locks,
          note: each.note ?? null,
          stops: each.stops,
          isLong: each.isLong,
          step: each.phase ?? null,
        })),
      })),
      order: page.steps.map(({ text, check }) => ({ text, check: check?.text ?? null })),
      undo: { command: page.undo.command ?? null, note: page.undo.note ?? null, lost: page.undo.lost },
      findings: page.findings.map(({ ruleId, severity, message, location }) => ({
        rule: ruleId,
        severity,
        message,
        at: { path: context.relative(location.uri), line: context.lineOf(location) },
      })),
    })),
    notRead: context.unseen,
  };
  return `${jsonText(document, 2)}\n`;
}
