import type { ConnectionBudget, DatabaseBudget, Moments } from "@dbops/core";
import { wrap } from "../wrap.ts";
import { cell } from "./markdown.ts";
import { count, jsonText, notACommand, type ReportContext } from "./reporter.ts";

/** What the reports of `pool` know beside the budgets. */
interface PoolContext extends ReportContext {
  /** Databases found, those without a connection in view included. */
  readonly databases: number;
  readonly files: number;
}

type PoolReporter = (budgets: readonly DatabaseBudget[], context: PoolContext) => string;

const moments = ["atRest", "peak", "rollout"] as const;
const headings: Readonly<Record<keyof Moments, string>> = { atRest: "at rest", peak: "peak", rollout: "rollout" };

/** Every format by the name that -o takes. */
export const poolReporters: Readonly<Record<"human" | "json" | "markdown", PoolReporter>> = { human, json, markdown };

/** A line of the table: who, the formula, the three sums, where the largest term stands. */
interface Line {
  readonly who: string;
  readonly formula: string;
  readonly sums: readonly string[];
  readonly place: string;
}

function linesOf({ budget }: DatabaseBudget, context: ReportContext): readonly Line[] {
  return [
    ...budget.rows.map((row): Line => {
      return {
        who: row.label,
        formula: row.formula,
        sums: moments.map((moment) => `${row[moment]}`),
        place: placeOf(row.at, context),
      };
    }),
    ...budget.uncounted.map((row): Line => {
      return { who: row.label, formula: row.because, sums: ["?", "?", "?"], place: placeOf(row.at, context) };
    }),
  ];
}

function human(budgets: readonly DatabaseBudget[], context: PoolContext): string {
  if (budgets.length === 0) return `${nothing(context)}\n`;
  return budgets.map((each) => `${table(each, context).join("\n")}\n`).join("\n");
}

function nothing({ databases, files }: PoolContext): string {
  return databases === 0
    ? `No database objects in ${count(files, "file")}.`
    : `Nothing in view connects to the ${count(databases, "database")} in ${count(files, "file")}.`;
}

function table(each: DatabaseBudget, context: PoolContext): readonly string[] {
  const { budget } = each;
  const lines = linesOf(each, context);
  const bold = (text: string): string => (context.color ? `\u001b[1m${text}\u001b[0m` : text);
  const title = titleOf(each);
  const who = Math.max(7, ...lines.map((line) => line.who.length));
  const formula = Math.max(
    title.length - who - 4,
    budget.limitFormula.length,
    ...lines.map((line) => line.formula.length),
  );
  const left = who + formula + 4;
  const row = (head: string, sums: readonly string[], tail = ""): string =>
    `${head.padEnd(left)}${sums.map((sum) => sum.padStart(9)).join("")}${tail === "" ? "" : `   ${tail}`}`;
  const limit = budget.limit.value;
  const atLeast = budget.isLowerBound ? "at least" : "";
  return [
    `${bold(title)}${row(
      "",
      moments.map((moment) => headings[moment]),
    ).slice(title.length)}`,
    ...lines.map((line) => row(`  ${line.who.padEnd(who)}  ${line.formula}`, line.sums, line.place)),
    row(
      `  ${"sum".padEnd(who)}  ${atLeast}`,
      moments.map((moment) => `${budget[moment]}`),
    ),
    ...(limit === undefined
      ? [`  ${"limit".padEnd(who)}  unknown: ${budget.limit.value === undefined ? budget.limit.because : ""}`]
      : [
          row(
            `  ${"limit".padEnd(who)}  ${budget.limitFormula}`,
            moments.map(() => `${limit}`),
            placeOf(budget.limit.at, context),
          ),
          row(
            `  ${"free".padEnd(who)}`,
            moments.map((moment) => `${limit - budget[moment]}`),
          ),
          ...(context.color ? moments.map((moment) => bar(headings[moment], budget[moment], limit, who)) : []),
        ]),
    ...verdict(each, limit).flatMap((text) => wrap(text, Math.max(60, context.width) - 2).map((line) => `  ${line}`)),
  ];
}

function titleOf({ name, server, budget }: DatabaseBudget): string {
  const limit = budget.limit.value;
  return `${notACommand(name)} (${server}${limit === undefined ? "" : `, ${limit} for clients`})`;
}

/** Eighths of a character: 40 of them are the limit. https://en.wikipedia.org/wiki/Block_Elements */
function bar(name: string, sum: number, limit: number, width: number): string {
  const cells = limit <= 0 ? 60 : Math.min(60, (40 * sum) / limit);
  const eighths = Math.round((cells % 1) * 8);
  const filled = "█".repeat(Math.floor(cells)) + ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"][eighths];
  const isOver = sum > limit;
  const rest = isOver ? "" : "░".repeat(Math.max(0, 40 - filled.length));
  return `  ${name.padEnd(width)}  \u001b[${isOver ? "31" : "32"}m${filled}\u001b[0m${rest} ${isOver ? `over by ${sum - limit}` : ""}`.trimEnd();
}

/** What the numbers say: over or not, what is not counted, and what would fit. */
function verdict({ budget, peakFits, rolloutFits }: DatabaseBudget, limit: number | undefined): readonly string[] {
  const atLeast = budget.isLowerBound ? "at least " : "";
  const texts: string[] = [];
  if (limit !== undefined && budget.peak > limit)
    texts.push(`Over the limit by ${atLeast}${budget.peak - limit} at peak.`);
  if (limit !== undefined && budget.rollout > limit)
    texts.push(`Over the limit by ${atLeast}${budget.rollout - limit} during a rollout.`);
  for (const fitting of peakFits) texts.push(`${fitting.text}.`);
  for (const fitting of rolloutFits)
    if (!peakFits.some((other) => other.text === fitting.text)) texts.push(`During a rollout ${fitting.text}.`);
  texts.push(...reasons(budget));
  return texts;
}

/** Why the counted rows are lower bounds, each reason once; rows without a number say it themselves. */
function reasons(budget: ConnectionBudget): readonly string[] {
  const texts = budget.rows.flatMap((row) => row.more.map((reason) => `${row.label}: ${reason}`));
  return [...new Set(texts)].map((text) => `At least: ${text}.`);
}

function placeOf(at: ConnectionBudget["rows"][number]["at"], context: ReportContext): string {
  return `${context.relative(at.file.uri)}:${at.file.positionAt(at.span.start).line + 1}`;
}

function markdown(budgets: readonly DatabaseBudget[], context: PoolContext): string {
  if (budgets.length === 0) return `${nothing(context)}\n`;
  return budgets
    .map((each) => {
      const { budget } = each;
      const limit = budget.limit.value;
      const row = (cells: readonly string[]): string => `| ${cells.map((text) => cell(text)).join(" | ")} |`;
      return [
        `**${cell(titleOf(each))}**`,
        "",
        "| who | opens | at rest | peak | rollout | where |",
        "|---|---|---:|---:|---:|---|",
        ...linesOf(each, context).map((line) => row([line.who, line.formula, ...line.sums, line.place])),
        row(["**sum**", budget.isLowerBound ? "at least" : "", ...moments.map((moment) => `${budget[moment]}`), ""]),
        row(["limit", budget.limitFormula, ...moments.map(() => (limit === undefined ? "?" : `${limit}`)), ""]),
        "",
        ...verdict(each, limit).map((text) => `- ${cell(text)}`),
        "",
      ].join("\n");
    })
    .join("\n");
}

/** The contract of packages/kubectl-dbops/schema/pool.schema.json: fields are added, never renamed. */
function json(budgets: readonly DatabaseBudget[], context: PoolContext): string {
  const place = (at: Parameters<typeof placeOf>[0]): object => {
    const [, path = "", line] = /^(.*):(\d+)$/.exec(placeOf(at, context)) ?? [];
    return { path, line: Number(line) };
  };
  const sums = (of: Moments): Moments => ({ atRest: of.atRest, peak: of.peak, rollout: of.rollout });
  const document = {
    schemaVersion: 1,
    tool: { name: "dbops", version: context.version },
    databases: budgets.map(({ name, server, budget, peakFits, rolloutFits }) => {
      const limit = budget.limit.value;
      return {
        name,
        server,
        limit: limit ?? null,
        limitFormula: budget.limitFormula,
        limitAt: place(budget.limit.at),
        isLowerBound: budget.isLowerBound,
        ...sums(budget),
        headroom:
          limit === undefined
            ? null
            : { atRest: limit - budget.atRest, peak: limit - budget.peak, rollout: limit - budget.rollout },
        rows: budget.rows.map((row) => ({
          name: row.label,
          role: row.role,
          formula: `${row.pods.peak} x ${row.numbers}`,
          pods: sums(row.pods),
          ...sums(row),
          isByDefault: row.isByDefault,
          more: row.more,
          at: place(row.at),
        })),
        uncounted: budget.uncounted.map((row) => ({
          name: row.label,
          role: row.role,
          because: row.because,
          at: place(row.at),
        })),
        peakFits: peakFits.map(({ owner, setting, value, text }) => ({ name: owner.name, setting, value, text })),
        rolloutFits: rolloutFits.map(({ owner, setting, value, text }) => ({ name: owner.name, setting, value, text })),
      };
    }),
  };
  return `${jsonText(document, 2)}\n`;
}
