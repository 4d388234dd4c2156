import { type LintResult, lint, severityRank } from "@dbops/core";
import type { ClusterObjects, UnreadKind } from "../cluster/source.ts";
import type { Arguments } from "../flags.ts";
import { type Io, UsageError } from "../io.ts";
import { masked } from "../masked.ts";
import { didYouMean } from "../meaning.ts";
import { namespaceOf, openSource } from "./cluster-request.ts";
import { isOverGate } from "./gate.ts";
import { readLabels } from "./label-selector.ts";
import { liveProject } from "./live-project.ts";
import { reportContext, writeOutputs } from "./outputs.ts";
import { readLintRequest } from "./request.ts";

/** Reads a cluster, judges it as `lint` judges files, and gives lint's exit codes. */
export async function runScan(args: Arguments, io: Io): Promise<number> {
  const request = readLintRequest(args, io);
  const isAsked = readLabels(args.value("selector"));
  const source = await openSource(args, io);
  const namespace = namespaceOf(args, source);
  const read = await source.read({ namespace, progress: io.progress });
  io.uninterrupted();
  for (const line of unreadLines(read.unread, namespace)) io.err(`${masked(line)}\n`);
  if (namespace !== undefined) checkNamespace(namespace, read, source.flags);
  if (read.objects.length === 0) {
    sayProblems(read.problems, io);
    throw new UsageError(
      `${namespace === undefined ? "there is" : `namespace ${namespace} has`} nothing to look at: ${source.name}`,
    );
  }
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
  const isPartial = problems.length > 0 || read.unread.some(({ reason }) => reason === "failed");
  if (!isWritten || result.isConfigurationWrong || isPartial) return 2;
  return isOverGate(result, request.gate) ? 1 : 0;
}

/** What could not be read, on stderr. */
export function sayProblems(problems: readonly string[], io: Io): void {
  for (const problem of problems) io.err(`error: ${masked(problem)}\n`);
}

/** A misspelled namespace is as empty as a good one: where they may be listed, it is said. @throws UsageError */
function checkNamespace(namespace: string, { objects }: ClusterObjects, flags: string): void {
  const names = objects.flatMap(({ kind, metadata }) => (kind === "Namespace" ? [metadata.name] : []));
  if (names.length > 0 && !names.includes(namespace))
    throw new UsageError(
      `there is no namespace ${namespace}${didYouMean(namespace, names, `kubectl get namespaces${flags} lists them`)}`,
    );
}

/** What could not be read, by reason: a line each, whatever the number of kinds. */
export function unreadLines(unread: readonly UnreadKind[], namespace: string | undefined): readonly string[] {
  const kindsOf = (reason: UnreadKind["reason"]): readonly string[] => [
    ...new Set(unread.filter((each) => each.reason === reason).map(({ kind }) => kind)),
  ];
  const forbidden = kindsOf("forbidden");
  const elsewhere = kindsOf("forbidden-elsewhere");
  return [
    ...(forbidden.length === 0
      ? []
      : [`Not allowed to list ${forbidden.join(", ")}: nothing is said about them or about what is missing there.`]),
    ...(elsewhere.length === 0
      ? []
      : [
          `Only those in ${namespace} may be listed of ${elsewhere.join(", ")}: nothing is said about what is missing there.`,
        ]),
    ...unread.flatMap(({ kind, reason, message }) =>
      reason === "failed" ? [`error: ${kind} could not be read: ${message}`] : [],
    ),
  ];
}
