import { count, type Finding, type LintResult, oneLine, type Safety, soundFixes } from "@dbops/core";
import { type Paint, painter } from "../paint.ts";
import { wrap } from "../wrap.ts";
import { codeFrame } from "./code-frame.ts";
import {
  extentOf,
  isOfCluster,
  notACommand,
  notLintedLines,
  placeOf,
  type ReportContext,
  type Reporter,
  remedyFor,
  sentence,
  summaryOf,
} from "./reporter.ts";
import { SourceLines } from "./source-line.ts";
import { stepLines } from "./steps.ts";

/** Findings with a code frame, related places and the remedy; then what was understood. */
export const human: Reporter = (result, context) => `${findingBlocks(result, context)}${footer(result, context)}`;

/** Each finding with its lines, and an empty line after it. */
export function findingBlocks(result: LintResult, context: ReportContext): string {
  const paint = painter(context);
  const explained = new Set<string>();
  const sources = new SourceLines(result.concealment);
  const blocks = result.findings.map((finding) => {
    // Each remedy once for each rule: the tenth finding does not need it again.
    const remedy = remedyFor(finding, context);
    const key = `${finding.ruleId} ${remedy}`;
    const isFirst = !explained.has(key);
    explained.add(key);
    return findingBlock(finding, result, sources, context, paint, isFirst ? remedy : undefined);
  });
  return blocks.join("");
}

function findingBlock(
  finding: Finding,
  result: LintResult,
  sources: SourceLines,
  context: ReportContext,
  paint: Paint,
  remedy: string | undefined,
): string {
  const place = placeOf(finding.location, result, context);
  const rule = link(finding.ruleId, context.linkOf(finding.ruleId), context);
  const lines = [
    `${paint("bold", place)}  ${paint(finding.severity, finding.severity)}  ${rule}${repairOf(finding, result, paint)}`,
    ...sentence(notACommand(oneLine(finding.message)), 2, context),
  ];
  lines.push(...codeFrame(finding, result, sources, context, paint));
  if (remedy !== undefined) lines.push(...wrap(remedy, Math.max(60, context.width) - 2).map((line) => `  ${line}`));
  if (context.showsSteps === true)
    lines.push(...stepLines(finding, Math.max(60, context.width) - 2).map((line) => `  ${notACommand(line)}`));
  return `${lines.join("\n")}\n\n`;
}

/** Whether --fix repairs a finding, whether it needs --unsafe-fixes, and whether --steps shows what a person can do. */
function repairOf(finding: Finding, result: LintResult, paint: Paint): string {
  const safety = safetyOf(finding, result);
  return safety === undefined ? "" : paint("dim", `  [${marks[safety]}]`);
}

const safetyOf = (finding: Finding, { files }: LintResult): Safety | undefined => soundFixes(finding, files)[0]?.safety;

const marks: Readonly<Record<Safety, string>> = { safe: "fix", unsafe: "unsafe fix", procedure: "steps" };

/** A text that opens an address where the terminal can. https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda */
function link(text: string, address: string | undefined, { hasLinks }: ReportContext): string {
  return hasLinks !== true || address === undefined ? text : `\u001b]8;;${address}\u001b\\${text}\u001b]8;;\u001b\\`;
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
  const seen = extentOf(result);
  const total = result.findings.length;
  const withheld = context.withheld?.number ?? 0;
  if (total === 0) {
    const isEmpty = what.length === 0;
    lines.push(
      isEmpty
        ? `No database objects in ${isOfCluster(result) ? seen : count(summary.files, "file")}.`
        : withheld > 0
          ? `Nothing to show in ${seen}: ${what.join(", ")}.`
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
    const guided = result.findings.filter((finding) => safetyOf(finding, result) === "procedure").length;
    const steps = guided === 0 || context.showsSteps === true ? "" : ` --steps shows how to repair ${guided}.`;
    lines.push(
      `${count(total, "problem")} (${parts.join(", ")}) in ${seen}${what.length === 0 ? "" : `: ${what.join(", ")}`}.${fixes}${steps}`,
    );
  }
  if (withheld > 0)
    lines.push(
      `${count(withheld, "finding")} below ${context.withheld?.below} ${withheld === 1 ? "is" : "are"} not shown.`,
    );
  if (summary.suppressed > 0) lines.push(`${count(summary.suppressed, "finding")} suppressed.`);
  lines.push(...notLintedLines(result, context));
  return `${lines.flatMap((line) => sentence(line, 0, context)).join("\n")}\n`;
}
