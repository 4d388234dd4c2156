import type { DatabaseBackups, LedgerCell } from "@dbops/core";
import { cell, count } from "@dbops/core";
import { wrap } from "../wrap.ts";
import {
  type ClusterExtent,
  isLive,
  jsonText,
  notACommand,
  placed,
  placeText,
  type ReportContext,
} from "./reporter.ts";

/** What the reports of `backups` know beside the databases. */
interface BackupsContext extends ReportContext {
  readonly files: number;
  /** undefined: manifests were read. */
  readonly cluster?: ClusterExtent;
  /** What --require asks for, as written; empty: nothing. */
  readonly requires: string;
  /** What was not read, in sentences. */
  readonly unseen: readonly string[];
}

type BackupsReporter = (databases: readonly DatabaseBackups[], context: BackupsContext) => string;
type ShownBackup = DatabaseBackups["backups"][number];

/** Every format by the name that -o takes. */
export const backupReporters: Readonly<Record<"human" | "json" | "markdown", BackupsReporter>> = {
  human,
  json,
  markdown,
};

/** The columns; those of a cluster have one more. */
function headingsOf(isLive: boolean): readonly string[] {
  return ["method", "may lose", ...(isLive ? ["last success"] : []), "keeps", "where"];
}

function cellsOf(backup: ShownBackup): readonly string[] {
  const { methodWord, part, recoveryPoint, lastSuccess, keeps, lies } = backup;
  return [
    part === undefined ? methodWord : `${methodWord}, in part`,
    recoveryPoint.word,
    ...(lastSuccess === undefined ? [] : [lastSuccess.word]),
    keeps.word,
    lies.word,
  ];
}

function human(databases: readonly DatabaseBackups[], context: BackupsContext): string {
  const tables = databases.map((each) => [...table(each, titleOf(each, databases, context), context), ""]);
  const sums =
    databases.length === 0
      ? [`No databases that keep data in ${count(context.files, context.cluster === undefined ? "file" : "object")}.`]
      : [];
  const below = [...verdict(databases, context), ...context.unseen].flatMap((text) => wrap(text, 80));
  return `${[...tables.flat(), ...sums, ...below].join("\n").trimEnd()}\n`;
}

/** `db (postgres:17.2)`, with its line where another database has the same name. */
function titleOf(database: DatabaseBackups, databases: readonly DatabaseBackups[], context: ReportContext): string {
  return `${database.name} (${database.server})${hasNamesake(database, databases) ? `, ${placeText(database.at, context)}` : ""}`;
}

function hasNamesake(database: DatabaseBackups, databases: readonly DatabaseBackups[]): boolean {
  return databases.some((each) => each !== database && each.name === database.name);
}

/** The rows of a database in columns of at most 80 characters, and below them what no column says. */
function table(database: DatabaseBackups, title: string, context: BackupsContext): readonly string[] {
  const bold = (text: string): string => (context.color ? `\u001b[1m${text}\u001b[0m` : text);
  const running = database.backups.filter(({ fault }) => fault === undefined);
  const rows = running.map(cellsOf);
  const headings = headingsOf(context.cluster !== undefined);
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  const line = (cells: readonly string[]): string =>
    `  ${cells.map((text, column) => text.padEnd(widths[column] ?? 0)).join("  ")}  `;
  const width = Math.max(60, Math.min(context.width, 80));
  const indented = (text: string): readonly string[] =>
    wrap(text, width - 4).map((part, index) => `  ${index === 0 ? "" : "  "}${part}`);
  return [
    `${bold(notACommand(database.name))}${title.slice(database.name.length)}`,
    ...(rows.length === 0 ? [] : [`${line(headings)}taken by`]),
    ...running.flatMap(({ by, at }, index) => withTaker(line(rows[index] ?? []), takerOf(by, at, context), width)),
    ...notesOf(database, context).flatMap(indented),
  ];
}

/** Who takes it, and where that is written; an object of a cluster is its own place. */
function takerOf(by: string, at: ShownBackup["at"], context: ReportContext): readonly string[] {
  return isLive(at.file.uri) ? [by] : [by, placeText(at, context)];
}

/** Who takes it and where that is written, behind the cells; below them where they do not fit, one under the other. */
function withTaker(cells: string, words: readonly string[], width: number): readonly string[] {
  const whole = `${cells}${words.join(", ")}`;
  if (whole.length <= width) return [whole];
  if (words.every((word) => cells.length + word.length <= width))
    return words.map((word, index) => `${index === 0 ? cells : " ".repeat(cells.length)}${word}`);
  return [cells.trimEnd(), ...words.map((word) => `    ${word}`)];
}

function notesOf(database: DatabaseBackups, context: ReportContext): readonly string[] {
  const { backups, possible, restoreTest, onDelete, unread, firstRecoveryPoint } = database;
  const idle = backups.flatMap(({ by, fault }) =>
    fault === undefined ? [] : [`${by} takes none (${placeText(fault.at, context)}): ${sentence(fault.because)}`],
  );
  const running = backups.filter(({ fault }) => fault === undefined);
  const absent =
    running.length > 0
      ? []
      : possible.length > 0
        ? [`No backup in view names it; ${possible.slice(0, 3).join(", ")} may.`]
        : unread !== undefined
          ? [`Whether a backup runs is not known: ${unread}.`]
          : [idle.length === 0 ? "No backup in view." : "No backup in view that runs."];
  const cells = running.flatMap((backup) => remarks(backup).map((text) => `${text} (${backup.by}).`));
  const parts = running.flatMap(({ part, by }) => (part === undefined ? [] : [`${by} takes ${part}.`]));
  const hidden = running.flatMap(({ by, hiddenBy }) =>
    hiddenBy === undefined ? [] : [`A failed run of ${by} counts as a success: ${hiddenBy}.`],
  );
  const deletions = running.flatMap((backup) => backup.deletions.map(({ text }) => sentence(capital(text))));
  const test =
    running.length === 0 && restoreTest === undefined
      ? []
      : [`Restore test: ${restoreTest === undefined ? "none in view" : restoreTest.word}.`];
  return [
    ...new Set([
      ...absent,
      ...idle,
      ...(firstRecoveryPoint === undefined
        ? []
        : [
            `Can be restored to any point since ${firstRecoveryPoint.word} UTC (${placeText(firstRecoveryPoint.at, context)}).`,
          ]),
      ...parts,
      ...hidden,
      ...cells,
      ...deletions,
      ...(onDelete?.loss === undefined ? [] : [onDelete.loss]),
      ...test,
    ]),
  ];
}

/** What each question mark means, and which numbers nobody wrote. */
function remarks({ recoveryPoint, keeps, lies, lastSuccess }: ShownBackup): readonly string[] {
  const cells: readonly (readonly [string, LedgerCell<unknown>])[] = [
    ["Recovery point", recoveryPoint],
    ...(lastSuccess === undefined ? [] : [["Last success", lastSuccess] as const]),
    ["Retention", keeps],
    ["Location", lies],
  ];
  return cells.flatMap(([what, { because, word, isDefault }]) => {
    if (word === "?") return [`${what} unknown: ${because ?? "nothing says it"}`];
    return isDefault && /\d/.test(word) ? [`${what} ${word} is a default`] : [];
  });
}

/** Which databases fall short of what is required, and by what. */
function verdict(databases: readonly DatabaseBackups[], context: BackupsContext): readonly string[] {
  const { requires } = context;
  if (requires === "" || databases.length === 0) return [];
  const short = databases.filter(({ shortfalls }) => shortfalls.length > 0);
  if (short.length === 0)
    return [`${databases.length === 1 ? "The database meets" : `All ${databases.length} databases meet`} ${requires}.`];
  return short.flatMap((database) => {
    const { name, shortfalls, at } = database;
    const who = hasNamesake(database, databases) ? `${name} in ${placeText(at, context)}` : name;
    const byText = new Map<string, string[]>();
    for (const { requirement, text } of shortfalls)
      byText.set(text, [...(byText.get(text) ?? []), wanted(requirement, requires)]);
    return [...byText].map(([text, wishes]) => `${notACommand(who)} falls short of ${wishes.join(", ")}: ${text}.`);
  });
}

/** `rpo=24h` of what was written; of a requirement written twice the last counts. */
function wanted(requirement: string, requires: string): string {
  return (
    requires
      .split(",")
      .map((word) => word.trim())
      .findLast((word) => word === requirement || word.startsWith(`${requirement}=`)) ?? requirement
  );
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** A text that ends in a full stop, once. */
function sentence(text: string): string {
  return text.endsWith(".") ? text : `${text}.`;
}

function markdown(databases: readonly DatabaseBackups[], context: BackupsContext): string {
  const row = (cells: readonly string[]): string => `| ${cells.map((text) => cell(text)).join(" | ")} |`;
  const headings = headingsOf(context.cluster !== undefined);
  const tests = (database: DatabaseBackups): string => database.restoreTest?.word ?? "none in view";
  const rows = databases.flatMap((database) => {
    const title = titleOf(database, databases, context);
    const running = database.backups.filter(({ fault }) => fault === undefined);
    if (running.length === 0)
      return [
        row([
          title,
          database.unread === undefined ? "none" : "?",
          ...headings.slice(1).map(() => ""),
          "",
          tests(database),
        ]),
      ];
    return running.map((backup, index) =>
      row([
        index === 0 ? title : "",
        ...cellsOf(backup),
        takerOf(backup.by, backup.at, context).join(" "),
        index === 0 ? tests(database) : "",
      ]),
    );
  });
  if (rows.length === 0) return human(databases, context);
  const notes = databases.flatMap((database) =>
    notesOf(database, context)
      .filter((text) => !text.startsWith("Restore test:"))
      .map(
        (text) =>
          `- ${cell(hasNamesake(database, databases) ? titleOf(database, databases, context) : database.name)}: ${cell(text)}`,
      ),
  );
  const short = [...verdict(databases, context), ...context.unseen].map((text) => `- ${cell(text)}`);
  return `${[
    row(["database", ...headings, "taken by", "restore test"]),
    `|${headings.map((heading) => (/may|last|keeps/.test(heading) ? "---:|" : "---|")).join("")}---|---|---|`,
    ...rows,
    ...(notes.length === 0 ? [] : ["", ...notes]),
    ...(short.length === 0 ? [] : ["", ...short]),
  ].join("\n")}\n`;
}

/** The contract of packages/kubectl-dbops/schema/backups.schema.json: fields are added, never renamed. */
function json(databases: readonly DatabaseBackups[], context: BackupsContext): string {
  const place = (at: DatabaseBackups["at"]): object => placed(at, context);
  const shown = <T>({ value, because, isDefault, at }: LedgerCell<T>, of: (value: T) => object): object => ({
    ...(value === undefined ? { value: null } : of(value)),
    because: because ?? null,
    isDefault,
    at: place(at),
  });
  const document = {
    schemaVersion: 1,
    tool: { name: "dbops", version: context.version },
    requires: context.requires === "" ? null : context.requires,
    databases: databases.map(
      ({ name, server, kind, at, backups, possible, restoreTest, onDelete, firstRecoveryPoint, shortfalls }) => ({
        name,
        kind,
        server,
        at: place(at),
        backups: backups.map((backup) => ({
          method: backup.method,
          by: backup.by,
          at: place(backup.at),
          fault: backup.fault === undefined ? null : { because: backup.fault.because, at: place(backup.fault.at) },
          part: backup.part ?? null,
          recoveryPoint: shown(backup.recoveryPoint, (value) => ({ value })),
          retention: shown(backup.keeps, (value) => ({ value })),
          where: shown(backup.lies, (value) => ({ value })),
          deletions: backup.deletions.map((each) => ({ text: each.text, at: place(each.at) })),
          hiddenBy: backup.hiddenBy ?? null,
          lastSuccess:
            backup.lastSuccess === undefined
              ? null
              : shown(backup.lastSuccess, (value) => ({
                  value: value.kind === "ended" ? value.time : null,
                  state: value.kind,
                })),
        })),
        possible,
        restoreTest:
          restoreTest === undefined
            ? null
            : {
                by: restoreTest.by ?? null,
                everySeconds: restoreTest.every ?? null,
                text: restoreTest.word,
                at: place(restoreTest.at),
              },
        onDelete: onDelete?.text ?? null,
        firstRecoveryPoint: firstRecoveryPoint === undefined ? null : shown(firstRecoveryPoint, (value) => ({ value })),
        shortfalls,
      }),
    ),
    notRead: context.unseen,
    cluster: context.cluster ?? null,
  };
  return `${jsonText(document, 2)}\n`;
}
