import { type LintResult, lint, severityRank } from "@dbops/core";
import type { Arguments } from "../flags.ts";
import type { Io } from "../io.ts";
import { isOverGate } from "./gate.ts";
import { readLabels } from "./label-selector.ts";
import { liveProject } from "./live-project.ts";
import { reportContext, writeOutputs } from "./outputs.ts";
import { readAsked, sayProblems } from "./read-asked.ts";
import { readLintRequest } from "./request.ts";

/** Reads a cluster, judges it as `lint` judges files, and gives lint's exit codes. */
export async function runScan(args: Arguments, io: Io): Promise<number> {
  const request = readLintRequest(args, io);
  const isAsked = readLabels(args.value("selector"));
  const { read, namespace, isPartial } = await readAsked(args, io);
  const { project, requested, problems } = liveProject(read, request.rules, { namespace, isAsked }, io);
  sayProblems(problems, io);
  io.progress(`looking at ${read.objects.length} objects`);
  const result = lint({ project, requested });
  const shown: LintResult = {
    ...result,
    findings: result.findings.filter(({ severity }) => severityRank[severity] >= severityRank[request.shownFrom]),
  };
  const withheld = { number: result.findings.length - shown.findings.length, below: request.shownFrom };
  const isWritten = writeOutputs(request, shown, { ...reportContext(request.color, io), withheld }, io);
  if (!isWritten || result.isConfigurationWrong || isPartial || problems.length > 0) return 2;
  return isOverGate(result, request.gate) ? 1 : 0;
}
