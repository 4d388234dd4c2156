import { type AllowedVerdict, type DiffResult, diff, printable } from "@dbops/core";
import type { Arguments } from "../flags.ts";
import type { Io } from "../io.ts";
import { changeReporters } from "../reporters/changes.ts";
import type { ReportContext } from "../reporters/reporter.ts";
import { appliedFrom } from "./apply-command.ts";
import { type DiffRequest, readDiffRequest } from "./diff-request.ts";
import { readSides, type SideLabel, type Sides } from "./diff-sides.ts";
import { isOverGate } from "./gate.ts";
import { readClusterSides } from "./live-sides.ts";
import { isOfCheckout, pathsFor, reportContext, writeEach } from "./outputs.ts";

/** Says what a change does to databases and their claims: 0 nothing at or above the gate, 1 something, 2 usage or unreadable input. */
export function runDiff(args: Arguments, io: Io): number {
  const request = readDiffRequest(args);
  return compareAndRelease(request, readSides(request, io), io);
}

/** The same of what manifests would change in a cluster. */
export async function runLiveDiff(args: Arguments, io: Io): Promise<number> {
  const request = readDiffRequest(args);
  return compareAndRelease(request, await readClusterSides(request, args, io), io);
}

function compareAndRelease(request: DiffRequest, sides: Sides, io: Io): number {
  try {
    return compare(request, sides, io);
  } finally {
    sides.release();
  }
}

function compare(request: DiffRequest, sides: Sides, io: Io): number {
  const {
    before,
    after,
    requested,
    origins,
    labels,
    errors,
    notes,
    unreadFiles,
    hidden,
    claimIsThere,
    isIncomparable,
  } = sides;
  for (const error of errors) io.err(`error: ${printable(error)}\n`);
  for (const note of notes) io.err(`note: ${printable(note)}\n`);
  if (isIncomparable) return 2;
  io.progress(`comparing: ${before.files.length + after.files.length} files`);
  const allowed = request.allowed.map((each): AllowedVerdict => {
    const suppression = { by: "flag", uri: "", span: { start: 0, end: 0 } } as const;
    return { ...each, suppression };
  });
  const result: DiffResult = diff({
    project: after,
    before,
    requested,
    origins,
    allowed,
    unreadFiles,
    hidden,
    claimIsThere,
  });
  const report = reportContext(request.color, io);
  const apply = appliedFrom(sides, { ...report, ...pathsFor("markdown", io) });
  const isWritten = writeEach(request.outputs, io, (format, isOnScreen) => {
    const context = labelled({ ...report, color: report.color && isOnScreen, ...pathsFor(format, io) }, format, labels);
    return changeReporters[format]?.(result, { ...context, planned: () => result.procedures(apply) }) ?? "";
  });
  for (const each of allowed)
    if (
      !result.verdicts.some(
        ({ subject, isAccepted }) => isAccepted && subject.kind === each.kind && subject.name === each.name,
      )
    )
      io.err(
        `note: --allow ${each.verdict}:${each.kind}/${each.namespace === undefined ? "" : `${each.namespace}/`}${each.name} accepts nothing here\n`,
      );
  if (errors.length > 0 || !isWritten || result.isConfigurationWrong || result.isUnreadable) return 2;
  return isOverGate(result, request.gate) ? 1 : 0;
}

/** `origin/main:shop/db.yaml` for what is in git only; formats that point into a checkout get the path alone. */
export function labelled(context: ReportContext, format: string, labels: readonly SideLabel[]): ReportContext {
  return {
    ...context,
    relative(uri) {
      const label = labels.find(({ root }) => uri === root || uri.startsWith(`${root}/`));
      if (label === undefined) return context.relative(uri);
      const below = uri.slice(label.root.length + 1) || ".";
      return isOfCheckout(format) ? below : printable(`${label.label}${below}`);
    },
  };
}
