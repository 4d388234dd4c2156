import { type LintResult, type Severity, severityRank } from "@dbops/core";
import { severitiesOrNever } from "../choices.ts";
import type { Arguments } from "../flags.ts";
import { UsageError } from "../io.ts";
import { readLevel } from "./levels.ts";

/** From which findings on a run fails. */
export interface Gate {
  readonly failOn: Severity | "never";
  readonly maxWarnings: number | undefined;
}

/** @throws UsageError */
export function readGate(args: Arguments): Gate {
  const failOn = args.has("exit-zero")
    ? "never"
    : (readLevel("fail-on", args.value("fail-on"), severitiesOrNever) ?? "error");
  const text = args.value("max-warnings");
  if (text !== undefined && !/^\d+$/.test(text)) throw new UsageError(`--max-warnings must be a number, not ${text}`);
  return { failOn, maxWarnings: text === undefined || failOn === "never" ? undefined : Number(text) };
}

/** Whether the exit code is 1: the same for every format. */
export function isOverGate(result: LintResult, gate: Gate): boolean {
  const warnings = result.findings.filter((finding) => finding.severity === "warning").length;
  if (gate.maxWarnings !== undefined && warnings > gate.maxWarnings) return true;
  const { failOn } = gate;
  return (
    failOn !== "never" && result.findings.some((finding) => severityRank[finding.severity] >= severityRank[failOn])
  );
}
