import { diff, type ObjectName, objectNamed, type PlannedChange, printable, quoted } from "@dbops/core";
import { planFormats } from "../choices.ts";
import type { Arguments } from "../flags.ts";
import { type Io, UsageError } from "../io.ts";
import { planReporters } from "../reporters/plan.ts";
import type { ReportContext } from "../reporters/reporter.ts";
import { appliedFrom } from "./apply-command.ts";
import { labelled } from "./diff.ts";
import { type ComparisonRequest, readComparison } from "./diff-request.ts";
import { readSides, type Sides } from "./diff-sides.ts";
import { readLevel } from "./levels.ts";
import { readClusterSides } from "./live-sides.ts";
import { pathsFor, reportContext } from "./outputs.ts";
import { readColor } from "./request.ts";

/** Writes the steps that take databases through a change: 0, or 2 for wrong usage or unreadable input. It runs none of them. */
export function runPlan(args: Arguments, io: Io): number {
  const request = readPlanRequest(args, io);
  return write(request, readSides(request.comparison, io), io);
}

/** The same for what manifests would change in a cluster. */
export async function runLivePlan(args: Arguments, io: Io): Promise<number> {
  const request = readPlanRequest(args, io);
  const sides = await readClusterSides(request.comparison, args, io);
  const flags = ["context", "kubeconfig", "namespace"].flatMap((name) => {
    const value = args.value(name);
    return value === undefined ? [] : [`--${name} ${quoted(value)}`];
  });
  // They are written for whoever applies the manifests as they are.
  if (flags.length > 0)
    io.err(
      `note: the commands go to the current context and namespace: make ${flags.join(" ")} current before you run them\n`,
    );
  return write(request, sides, io);
}

interface PlanRequest {
  readonly format: (typeof planFormats)[number];
  readonly only: readonly ObjectName[];
  readonly comparison: ComparisonRequest;
  readonly context: ReportContext;
}

/** @throws UsageError */
function readPlanRequest(args: Arguments, io: Io): PlanRequest {
  return {
    format: readLevel("output", args.value("output"), planFormats) ?? "human",
    only: args.values("only").map(readObject),
    comparison: readComparison(args, "plan"),
    context: reportContext(readColor(args), io),
  };
}

function write({ format, only, context }: PlanRequest, sides: Sides, io: Io): number {
  try {
    const {
      before,
      after: project,
      requested,
      origins,
      errors,
      notes,
      unreadFiles,
      hidden,
      claimIsThere,
      isIncomparable,
      labels,
    } = sides;
    for (const error of errors) io.err(`error: ${printable(error)}\n`);
    for (const note of notes) io.err(`note: ${printable(note)}\n`);
    if (isIncomparable) return 2;
    const result = diff({ project, before, requested, origins, unreadFiles, hidden, claimIsThere });
    const shown = labelled({ ...context, ...pathsFor(format, io) }, format, labels);
    const planned = result.procedures(appliedFrom(sides, context));
    const chosen = only.length === 0 ? planned : only.flatMap((each) => plannedFor(each, planned));
    io.out(planReporters[format](chosen, result, shown));
    return errors.length > 0 || result.isConfigurationWrong || result.isUnreadable ? 2 : 0;
  } finally {
    sides.release();
  }
}

/** @throws UsageError */
function readObject(text: string): ObjectName {
  const named = objectNamed(text);
  if (named === undefined)
    throw new UsageError(`--only must be KIND/NAMESPACE/NAME, without NAMESPACE where none is written, not ${text}`);
  return named;
}

/** @throws UsageError */
function plannedFor(
  { kind, namespace, name }: ObjectName,
  planned: readonly PlannedChange[],
): readonly PlannedChange[] {
  const found = planned.filter(
    ({ verdict: { subject } }) => subject.kind === kind && subject.namespace === namespace && subject.name === name,
  );
  if (found.length > 0) return found;
  const others = planned.map(({ verdict: { name: other } }) => other);
  throw new UsageError(
    `no steps are needed for ${kind} ${namespace === undefined ? name : `${namespace}/${name}`}${others.length === 0 ? "" : `; they are for ${others.join(", ")}`}`,
  );
}
