import { count } from "../text/count.ts";
import { cell } from "../text/markdown.ts";
import { oneLine } from "../text/one-line.ts";
import type { DiffResult } from "./diff.ts";
import type { PlannedChange } from "./planned.ts";
import { claimsOf, shownVerdicts, verdictText } from "./verdict-text.ts";

/** The ways through a change as Markdown: what `plan -o markdown` writes, and an editor shows. */
export function planMarkdown(planned: readonly PlannedChange[], result: DiffResult): string {
  if (planned.length === 0) return nothingToDo(result);
  return `${planned
    .flatMap((each) => ["", ...procedureMarkdown(each, whatHappens(each, result))])
    .slice(1)
    .join("\n")}\n`;
}

/** One way through, below its title. */
export function procedureMarkdown(
  { procedure, says }: PlannedChange,
  head: string,
  isTitled = true,
): readonly string[] {
  if (procedure === undefined) return [...(isTitled ? [`## ${cell(head)}`, ""] : []), cell(says ?? "")];
  const fence = (lines: readonly string[], indent: string): readonly string[] =>
    lines.length === 0
      ? []
      : [
          "",
          ...["```sh", ...lines.flatMap((line) => line.split("\n")), "```"].map((line) => `${indent}${line}`.trimEnd()),
        ];
  const steps = procedure.steps.flatMap((step, index) => {
    const mark = step.isPointOfNoReturn ? " **Point of no return.**" : "";
    const byHand = step.by === "person" ? " By hand." : "";
    const number = `${index + 1}. `;
    const indent = " ".repeat(number.length);
    return [
      "",
      `${number}**${cell(step.title)}**.${mark}${byHand}${step.changes === undefined ? "" : ` Changes: ${cell(step.changes)}.`}`,
      ...fence(step.commands, indent),
      ...(step.check === undefined
        ? []
        : [...fence(step.check.commands, indent), "", `${indent}Check: ${cell(step.check.expects)}.`]),
      ...(step.wayBack === undefined ? [] : ["", `${indent}Way back: ${cell(step.wayBack)}.`]),
    ];
  });
  return [
    ...(isTitled ? [`## ${cell(procedure.title)}`, ""] : []),
    `${cell(head)}. ${cell(procedure.outage)}`,
    ...(procedure.setup.length === 0 ? [] : ["", "In the shell that runs the steps:", ...fence(procedure.setup, "")]),
    ...steps,
  ];
}

/** `StatefulSet shop/orders-db: refused by the API server` */
export function whatHappens({ verdict }: PlannedChange, result: DiffResult): string {
  const was = verdict.renamedFrom === undefined ? "" : ` (was ${verdict.renamedFrom})`;
  return oneLine(`${verdict.name}: ${verdictText(verdict, claimsOf(verdict, result))}${was}`);
}

/** Why there are no steps. */
export function nothingToDo(result: DiffResult): string {
  const shown = shownVerdicts(result).length;
  const unknown = result.verdicts.filter(({ verdict }) => verdict === "unknown").length;
  if (unknown > 0) return `No steps: what becomes of ${count(unknown, "object")} is not known (kubectl dbops diff).\n`;
  const isSafe = result.findings.every(({ severity }) => severity === "info");
  if (!isSafe) return "No steps: applying it is enough, but not without consequences (kubectl dbops diff).\n";
  return shown === 0
    ? "No steps are needed: every change applies in place.\n"
    : "No steps are needed: applying it is enough.\n";
}
