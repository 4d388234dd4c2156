import type { DiffResult, PlannedChange, Step } from "@dbops/core";
import { painter } from "../paint.ts";
import { wrap } from "../wrap.ts";
import { verdictJson } from "./change-json.ts";
import { cell } from "./markdown.ts";
import { planScript } from "./plan-script.ts";
import { count, jsonText, notACommand, oneLine, type ReportContext } from "./reporter.ts";
import { claimsOf, shownVerdicts, verdictText } from "./verdict-text.ts";

/** Renders the ways through a change; pure. */
type PlanReporter = (planned: readonly PlannedChange[], result: DiffResult, context: ReportContext) => string;

export const planReporters: Readonly<Record<"human" | "markdown" | "json" | "script", PlanReporter>> = {
  human: planHuman,
  markdown: planMarkdown,
  json: planJson,
  script: (planned, result) => planScript(planned, (each) => whatHappens(each, result)),
};

/** `StatefulSet shop/orders-db: refused by the API server` */
export function whatHappens({ verdict }: PlannedChange, result: DiffResult): string {
  const was = verdict.renamedFrom === undefined ? "" : ` (was ${verdict.renamedFrom})`;
  return oneLine(`${verdict.name}: ${verdictText(verdict, claimsOf(verdict, result))}${was}`);
}

function planHuman(planned: readonly PlannedChange[], result: DiffResult, context: ReportContext): string {
  const paint = painter(context);
  const width = Math.min(80, Math.max(60, context.width));
  if (planned.length === 0) return nothingToDo(result);
  const labelled = (label: string, text: string | undefined): readonly string[] =>
    text === undefined
      ? []
      : wrap(text, width - 13).map((line, index) => `     ${index === 0 ? label.padEnd(8) : "        "}${line}`);
  const blocks = planned.map((each) => {
    const head = paint("bold", notACommand(whatHappens(each, result)));
    const { procedure, says } = each;
    if (procedure === undefined) return [head, ...wrap(says ?? "", width - 2).map((line) => `  ${line}`)];
    const steps = procedure.steps.flatMap((step, index) => {
      const mark = step.isPointOfNoReturn ? paint("error", " (point of no return)") : "";
      const byHand = step.by === "person" ? paint("dim", " (by hand)") : "";
      const number = `${index + 1}`.padStart(3);
      const [title = "", ...more] = wrap(step.title, width - (step.isPointOfNoReturn ? 40 : 16));
      return [
        "",
        `${number}  ${paint("bold", title)}${more.length === 0 ? mark + byHand : ""}`,
        ...more.map((line, at) => `     ${paint("bold", line)}${at === more.length - 1 ? mark + byHand : ""}`),
        ...step.commands.flatMap((command) => command.split("\n")).map((line) => `       ${line}`),
        ...labelled("changes", step.changes),
        ...checkLines(step).flatMap((line) => labelled("check", line)),
        ...labelled("back", step.wayBack),
      ];
    });
    const defined = functionsOf(procedure.setup);
    const note =
      defined.length === 0
        ? []
        : wrap(
            `${defined.join(", ")} ${defined.length === 1 ? "is a shell function" : "are shell functions"}: -o script and -o markdown define ${defined.length === 1 ? "it" : "them"}.`,
            width - 2,
          );
    return [
      head,
      ...[procedure.title, procedure.outage]
        .flatMap((text) => wrap(text, width - 2))
        .concat(note)
        .map((line) => `  ${line}`),
      ...steps,
    ];
  });
  return `${blocks.map((lines) => lines.join("\n")).join("\n\n")}\n\n${sum(planned)}\n`;
}

function checkLines({ check }: Step): readonly string[] {
  return check === undefined ? [] : [...check.commands.map(oneLine), check.expects];
}

/** Names of the functions that a reader has to define. */
function functionsOf(setup: readonly string[]): readonly string[] {
  return setup.flatMap((text) => /^(\w+)\(\) \{$/m.exec(text)?.[1] ?? []).filter((name) => !inner.has(name));
}

/** Functions that only others call. */
const inner: ReadonlySet<string> = new Set(["volume", "guard"]);

function nothingToDo(result: DiffResult): string {
  const shown = shownVerdicts(result).length;
  const unknown = result.verdicts.filter(({ verdict }) => verdict === "unknown").length;
  if (unknown > 0) return `No steps: what becomes of ${count(unknown, "object")} is not known (kubectl dbops diff).\n`;
  const isSafe = result.findings.every(({ severity }) => severity === "info");
  if (!isSafe) return "No steps: applying it is enough, but not without consequences (kubectl dbops diff).\n";
  return shown === 0
    ? "No steps are needed: every change applies in place.\n"
    : "No steps are needed: applying it is enough.\n";
}

function sum(planned: readonly PlannedChange[]): string {
  const steps = planned.reduce((all, { procedure }) => all + (procedure?.steps.length ?? 0), 0);
  const procedures = planned.filter(({ procedure }) => procedure !== undefined).length;
  const without = planned.length - procedures;
  const parts = [
    ...(procedures === 0 ? [] : [`${count(procedures, "procedure")}, ${count(steps, "step")}`]),
    ...(without === 0 ? [] : [`${count(without, "object")} without steps to carry out by hand`]),
  ];
  return `${parts.join("; ")}. Nothing was run.`;
}

function planMarkdown(planned: readonly PlannedChange[], result: DiffResult): string {
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

/** The contract of packages/kubectl-dbops/schema/plan.schema.json. */
function planJson(planned: readonly PlannedChange[], result: DiffResult, context: ReportContext): string {
  const document = {
    schemaVersion: 1,
    tool: { name: "dbops", version: context.version },
    plans: planned.map(({ verdict, procedure, says }) => ({
      verdict: verdictJson(verdict, result, context),
      says: says ?? null,
      procedure:
        procedure === undefined
          ? null
          : {
              ...procedure,
              steps: procedure.steps.map(({ isPointOfNoReturn, check, changes, wayBack, ...step }) => ({
                ...step,
                changes: changes ?? null,
                wayBack: wayBack ?? null,
                check: check ?? null,
                pointOfNoReturn: isPointOfNoReturn,
              })),
            },
    })),
  };
  return `${jsonText(document, 2)}\n`;
}
