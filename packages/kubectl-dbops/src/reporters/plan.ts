import {
  count,
  type DiffResult,
  nothingToDo,
  oneLine,
  type PlannedChange,
  planMarkdown,
  type Step,
  whatHappens,
} from "@dbops/core";
import { painter } from "../paint.ts";
import { wrap } from "../wrap.ts";
import { verdictJson } from "./change-json.ts";
import { planScript } from "./plan-script.ts";
import { jsonText, notACommand, type ReportContext } from "./reporter.ts";

/** Renders the ways through a change; pure. */
type PlanReporter = (planned: readonly PlannedChange[], result: DiffResult, context: ReportContext) => string;

export const planReporters: Readonly<Record<"human" | "markdown" | "json" | "script", PlanReporter>> = {
  human: planHuman,
  markdown: planMarkdown,
  json: planJson,
  script: (planned, result) => planScript(planned, (each) => whatHappens(each, result)),
};

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
const inner: ReadonlySet<string> = new Set(["volume", "guard", "promised", "ended", "begun", "job"]);

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
