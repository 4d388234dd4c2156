import type { ConnectionBudget, DatabaseBudget, Moments } from "@dbops/core";
import { cell, count } from "@dbops/core";
import { painter } from "../paint.ts";
import { wrap } from "../wrap.ts";
import {
  type ClusterExtent,
  jsonText,
  notACommand,
  placed,
  placeText,
  type ReportContext,
  sentence,
} from "./reporter.ts";

/** What the reports of `pool` know beside the budgets. */
interface PoolContext extends ReportContext {
  /** Databases found, those without a connection in view included. */
  readonly databases: number;
  readonly files: number;
  /** undefined: manifests were read. */
  readonly cluster?: ClusterExtent;
}

type PoolReporter = (budgets: readonly DatabaseBudget[], context: PoolContext) => string;

const moments = ["atRest", "peak", "rollout"] as const;
const headings: Readonly<Record<keyof Moments, string>> = { atRest: "normal", peak: "peak", rollout: "rollout" };

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
        place: placeText(row.at, context),
      };
    }),
    ...budget.uncounted.map((row): Line => {
      return { who: row.label, formula: row.because, sums: ["?", "?", "?"], place: placeText(row.at, context) };
    }),
  ];
}

function human(budgets: readonly DatabaseBudget[], context: PoolContext): string {
  if (budgets.length === 0) return `${nothing(context)}\n`;
  const tables = budgets.map((each) => `${table(each, context).join("\n")}\n`);
  return `${tables.join("\n")}\n${sentence(legendOf(context), 0, context).join("\n")}\n`;
}

function legendOf({ cluster }: PoolContext): string {
  const normal =
    cluster === undefined ? "pools without their reserve" : "the Pods that run now, pools without their reserve";
  const legend = `normal: ${normal}; peak: with it, and with the autoscaler's maximum; rollout: with the Pods of both versions.`;
  return cluster?.namespace === undefined ? legend : `${legend} ${onlyIn(cluster.namespace)}`;
}

/** Who connects from another namespace was not read. */
function onlyIn(namespace: string): string {
  return `Counted are the Pods of namespace ${namespace}; -A counts those of all.`;
}

function nothing({ databases, files, cluster }: PoolContext): string {
  const seen = count(files, cluster === undefined ? "file" : "object");
  return databases === 0
    ? `No database objects in ${seen}.`
    : `Nothing in view connects to the ${count(databases, "database")} in ${seen}.`;
}

/** The table; where it is wider than the terminal, what each opens and where stand below its numbers. */
function table(each: DatabaseBudget, context: PoolContext): readonly string[] {
  const { budget } = each;
  const lines = linesOf(each, context);
  const paint = painter(context);
  const title = titleOf(each);
  const limit = budget.limit.value;
  const totals: readonly Line[] = [
    {
      who: "sum",
      formula: budget.isLowerBound ? "at least" : "",
      sums: moments.map((moment) => `${budget[moment]}`),
      place: "",
    },
    ...(limit === undefined
      ? []
      : [
          {
            who: "limit",
            formula: budget.limitFormula,
            sums: moments.map(() => `${limit}`),
            place: placeText(budget.limit.at, context),
          },
          { who: "free", formula: "", sums: moments.map((moment) => `${limit - budget[moment]}`), place: "" },
        ]),
  ];
  const all = [...lines, ...totals];
  const who = Math.max(7, ...all.map((line) => line.who.length));
  const formula = Math.max(title.length - who - 4, ...all.map((line) => line.formula.length));
  const place = Math.max(...all.map((line) => line.place.length));
  const isWide = who + formula + 4 + 27 + 3 + place <= (context.columns ?? Number.POSITIVE_INFINITY);
  const left = isWide ? who + formula + 4 : Math.max(who + 2, Math.min(title.length, (context.columns ?? 80) - 27));
  const numbers = (sums: readonly string[]): string => sums.map((sum) => sum.padStart(9)).join("");
  const row = (line: Line): readonly string[] => {
    if (isWide) {
      const tail = line.place === "" ? "" : `   ${line.place}`;
      return [`${`  ${line.who.padEnd(who)}  ${line.formula}`.padEnd(left)}${numbers(line.sums)}${tail}`];
    }
    const below = [line.formula, line.place].filter((text) => text !== "").join("   ");
    return [
      `${`  ${line.who}`.padEnd(left)}${numbers(line.sums)}`,
      ...(below === "" ? [] : sentence(below, 6, context).map((text) => paint("dim", text))),
    ];
  };
  const heads = numbers(moments.map((moment) => headings[moment]));
  return [
    ...(title.length > left
      ? [...sentence(title, 0, context).map((text) => paint("bold", text)), `${"".padEnd(left)}${heads}`]
      : [`${paint("bold", title)}${"".padEnd(left - title.length)}${heads}`]),
    ...all.flatMap(row),
    ...(limit === undefined
      ? [`  ${"limit".padEnd(who)}  unknown: ${budget.limit.value === undefined ? budget.limit.because : ""}`]
      : context.color
        ? moments.map((moment) => bar(headings[moment], budget[moment], limit, isWide ? who : 7))
        : []),
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
  const highest = Math.max(
    0,
    ...[...peakFits, ...rolloutFits].map(({ setting, value }) => (setting === "max_connections" ? value : 0)),
  );
  if (budget.database.engine === "postgresql" && limit !== undefined && highest > limit)
    texts.push(memoryOf(highest - limit));
  const reasons = reasonsOf(budget);
  if (reasons.length > 0) texts.push(`The sum is a lower bound: ${reasons.join("; ")}.`);
  return texts;
}

/** MB of private memory that a server process of PostgreSQL holds once its session has run queries; measured on PostgreSQL 15. */
const megabytesEach = 4.2;

function memoryOf(connections: number): string {
  const megabytes = connections * megabytesEach;
  const memory = megabytes < 1000 ? `${Math.ceil(megabytes)} MB` : `${(megabytes / 1000).toFixed(1)} GB`;
  return `Each connection is a process: ${connections} more hold about ${memory} once they have run queries, besides work_mem.`;
}

/** Why the counted rows are lower bounds, each reason once; rows without a number say it themselves. */
function reasonsOf(budget: ConnectionBudget): readonly string[] {
  return [...new Set(budget.rows.flatMap((row) => row.more.map((reason) => `${row.label}: ${reason}`)))];
}

function markdown(budgets: readonly DatabaseBudget[], context: PoolContext): string {
  if (budgets.length === 0) return `${nothing(context)}\n`;
  const { namespace } = context.cluster ?? {};
  const tables = budgets
    .map((each) => {
      const { budget } = each;
      const limit = budget.limit.value;
      const row = (cells: readonly string[]): string => `| ${cells.map((text) => cell(text)).join(" | ")} |`;
      return [
        `**${cell(titleOf(each))}**`,
        "",
        "| who | opens | normal | peak | rollout | where |",
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
  return namespace === undefined ? tables : `${tables}\n${cell(onlyIn(namespace))}\n`;
}

/** The contract of packages/kubectl-dbops/schema/pool.schema.json: fields are added, never renamed. */
function json(budgets: readonly DatabaseBudget[], context: PoolContext): string {
  const place = (at: Parameters<typeof placed>[0]): object => placed(at, context);
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
    cluster: context.cluster ?? null,
  };
  return `${jsonText(document, 2)}\n`;
}
