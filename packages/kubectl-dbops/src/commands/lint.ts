import { createProject, type LintResult, lint, printable, severityRank } from "@dbops/core";
import { severities } from "../choices.ts";
import type { Arguments } from "../flags.ts";
import { type Io, UsageError } from "../io.ts";
import { reportStale, saveBaseline } from "./baseline.ts";
import { debugLines } from "./debug.ts";
import { isOverGate, readGate } from "./gate.ts";
import { readLevel } from "./levels.ts";
import { projectInput, readInput, reportedFiles } from "./lint-input.ts";
import { readOutputs, reportContext, writeOutputs } from "./outputs.ts";
import { printConfig } from "./print-config.ts";
import { repair, showDiff } from "./repair.ts";
import { readSuppression, suppress } from "./suppress.ts";

/** Lints, reports, and gives the exit code: 0 clean, 1 findings at or above the gate, 2 usage, configuration or unreadable input. */
export function runLint(args: Arguments, io: Io): number {
  const outputs = readOutputs(args);
  const gate = readGate(args);
  const isDiff = args.has("diff") || args.has("fix-dry-run");
  const shownFrom = args.has("quiet")
    ? "error"
    : (readLevel("min-severity", args.value("min-severity"), severities) ?? "info");
  if (args.has("kustomize") && (isDiff || args.has("fix")))
    throw new UsageError("-k lints what kustomize renders, which --fix cannot change; fix the files themselves");
  if (args.has("unsafe-fixes") && !isDiff && !args.has("fix"))
    throw new UsageError("--unsafe-fixes requires --fix or --diff");
  if (args.has("suppress")) readSuppression(args, io.today);
  else if (args.has("reason")) throw new UsageError("--reason requires --suppress");
  const found = readInput(args, io);
  if (args.has("suppress") && found.files.some((file) => file.origin === "stdin"))
    throw new UsageError("--suppress writes files, and stdin is not a file");
  if (args.has("fix") && !isDiff && found.files.some((file) => file.origin === "stdin"))
    throw new UsageError("--fix writes files, and stdin is not a file; --diff shows what it would change");
  const input = projectInput(args, found, io);
  if (args.has("print-config")) return printConfig(args.value("print-config") ?? "", createProject(input), io);
  const report = reportContext(args, io);
  for (const error of found.errors) io.err(`error: ${printable(error)}\n`);
  let isFailed =
    found.errors.length > 0 &&
    !(args.has("no-error-on-unmatched-pattern") && found.errors.length === found.unmatched.length);
  let project = createProject(input);
  const given = new Set(project.files.flatMap(({ uri }) => (found.asked.has(uri) ? [uri] : [])));
  const asked = reportedFiles(args, given, io);
  io.progress(`linting: ${found.files.length} files`);
  if (args.has("suppress")) {
    const code = suppress(project, asked, args, report, io);
    return isFailed ? 2 : code;
  }
  if (isDiff) {
    const code = showDiff(project, asked, args, report, io);
    return isFailed ? 2 : code;
  }
  if (args.has("fix")) {
    const repaired = repair(project, asked, args, report, io);
    project = repaired.project;
    isFailed ||= repaired.isFailed;
  }
  const result = lint({ project, asked, origins: found.origins });
  if (args.has("debug")) for (const line of debugLines(found, result, asked, report)) io.err(`${printable(line)}\n`);
  if (args.has("write-baseline")) {
    saveBaseline(args, result, io);
    return isFailed || result.isConfigurationWrong ? 2 : 0;
  }
  reportStale(args, result, asked, io);
  const shown: LintResult = {
    ...result,
    findings: result.findings.filter((finding) => severityRank[finding.severity] >= severityRank[shownFrom]),
  };
  if (!writeOutputs(outputs, shown, report, args, io)) isFailed = true;
  if (asked.size === 0 && !isFailed)
    io.err(
      `No manifests to lint: ${given.size > 0 ? "none of the given files has changed" : "every given file is excluded or contains none"}.\n`,
    );
  if (isFailed || result.isConfigurationWrong) return 2;
  if (args.has("strict") && result.notLinted.some((each) => each.reason !== "not-yaml")) return 2;
  return isOverGate(result, gate) ? 1 : 0;
}
