import { statSync } from "node:fs";
import path from "node:path";
import { createProject, type LintResult, lint, printable, severityRank } from "@dbops/core";
import { failureLine } from "../failure.ts";
import { manyFiles, tuneForRules } from "../files/tune-v8.ts";
import { isWrittenFor } from "../files/write.ts";
import type { Arguments } from "../flags.ts";
import { type Io, UsageError } from "../io.ts";
import { readBaseline, reportStale, saveBaseline } from "./baseline.ts";
import { debugLines } from "./debug.ts";
import { isOverGate } from "./gate.ts";
import { changesIn, projectInput, readInput } from "./lint-input.ts";
import { reportContext, writeOutputs } from "./outputs.ts";
import { printConfig } from "./print-config.ts";
import { withReadReleases } from "./rendered-charts.ts";
import { repair, showDiff } from "./repair.ts";
import { type LintRequest, readLintRequest } from "./request.ts";
import { suppress } from "./suppress.ts";
import { stopwatch } from "./timing.ts";

/** Lints, reports, and gives the exit code: 0 clean, 1 findings at or above the gate, 2 usage, configuration or unreadable input. */
export function runLint(args: Arguments, io: Io): number {
  const request = readLintRequest(args, io);
  return request.isWatching ? lintAgainAndAgain(request, io) : lintOnce(request, io).code;
}

/** The exit code is that of the first run: the others last until Ctrl-C. */
function lintAgainAndAgain(request: LintRequest, io: Io): number {
  if (request.sources.readsStdin) throw new UsageError("--watch waits for files to change, and stdin is not a file");
  const waiting = "Waiting for a file to change; Ctrl-C ends.\n";
  const reports = request.outputs.flatMap(({ file }) => (file === undefined ? [] : [path.resolve(io.cwd, file)]));
  const lintAndLook = (): number => {
    const { code, folders } = lintOnce(request, io);
    lookAt([...namedFolders(request, io), ...folders]);
    io.err(waiting);
    return code;
  };
  const again = (): void => {
    if (io.isOutputTerminal) io.out("\u001b[2J\u001b[H");
    try {
      lintAndLook();
    } catch (error) {
      io.err(`${failureLine(error)}${waiting}`); // a configuration that is being written, say: the next change may mend it
    }
  };
  const lookAt = io.watch(again, (file) => reports.some((report) => isWrittenFor(report, file)));
  lookAt(namedFolders(request, io)); // what changes during the first run counts, too
  try {
    return lintAndLook();
  } catch (error) {
    lookAt([]);
    throw error;
  }
}

/** The folders of what was asked for: one that is empty now may get a file. */
function namedFolders({ sources }: LintRequest, io: Io): readonly string[] {
  return (sources.paths.length === 0 ? ["."] : sources.paths).map((each) => {
    const full = path.resolve(io.cwd, each);
    return statSync(full, { throwIfNoEntry: false })?.isDirectory() === true ? full : path.dirname(full);
  });
}

/** A run, and the folders whose files it has read. */
interface Done {
  readonly code: number;
  readonly folders: readonly string[];
}

function lintOnce(request: LintRequest, io: Io): Done {
  const { baseline, fixes, suppression } = request;
  const changed = changesIn(request.changes, io);
  const watch = stopwatch(io.now);
  const found = watch.measure("read", () => readInput(request.sources, io, changed));
  const read = [...found.files, ...found.configs].map(({ uri }) => path.dirname(uri));
  const done = (code: number): Done => ({ code, folders: [...new Set(read)] });
  const hasStdin = request.sources.readsStdin;
  if (suppression !== undefined && hasStdin) throw new UsageError("--suppress writes files, and stdin is not a file");
  if (fixes?.isWritten === true && hasStdin)
    throw new UsageError("--fix writes files, and stdin is not a file; --diff shows what it would change");
  const input = projectInput(request.rules, found, readBaseline(baseline, io), io);
  if (request.printConfigOf !== undefined) return done(printConfig(request.printConfigOf, createProject(input), io));
  const report = reportContext(request.color, io);
  for (const error of found.errors) io.err(`error: ${printable(error)}\n`);
  let isFailed =
    found.errors.length > 0 && !(request.acceptsUnmatched && found.errors.length === found.unmatched.length);
  let project = watch.measure("parse", () => createProject(input));
  const given = new Set(project.files.flatMap(({ uri }) => (found.requested.has(uri) ? [uri] : [])));
  const isChanged = (uri: string): boolean =>
    changed === undefined || (found.isMadeOf(uri, changed) ?? changed.has(uri));
  const requested = new Set([...given].filter(isChanged));
  io.progress(`linting: ${found.files.length} files`);
  if (suppression !== undefined) {
    const code = suppress(project, requested, suppression, report, io);
    return done(isFailed ? 2 : code);
  }
  if (fixes?.isWritten === false) {
    const code = showDiff(project, requested, fixes.admit, report, io);
    return done(isFailed ? 2 : code);
  }
  if (fixes !== undefined) {
    const repaired = repair(project, requested, fixes.admit, report, io);
    project = repaired.project;
    isFailed ||= repaired.isFailed;
  }
  if (found.files.length >= manyFiles) tuneForRules();
  const run = lint({
    project,
    requested,
    origins: found.origins,
    onUnit: (number, total) => io.progress(`linting: ${number} of ${total} units, ${found.files.length} files`),
    ...(request.showsTiming ? { measure: watch.measure } : {}),
  });
  const result = withReadReleases(run, found);
  if (request.showsDebug)
    for (const line of debugLines(found, result, requested, report)) io.err(`${printable(line)}\n`);
  if (baseline.writes !== undefined) {
    saveBaseline(baseline.writes, result, io);
    return done(isFailed || result.isConfigurationWrong ? 2 : 0);
  }
  reportStale(baseline, result, requested, io);
  const shown: LintResult = {
    ...result,
    findings: result.findings.filter((finding) => severityRank[finding.severity] >= severityRank[request.shownFrom]),
  };
  const withheld = { number: result.findings.length - shown.findings.length, below: request.shownFrom };
  if (!writeOutputs(request, shown, { ...report, withheld }, io)) isFailed = true;
  if (request.showsTiming) for (const line of watch.report()) io.err(`${line}\n`);
  if (requested.size === 0 && !isFailed)
    io.err(
      `No manifests to lint: ${given.size > 0 ? "none of the given files has changed" : "every given file is excluded or contains none"}.\n`,
    );
  if (isFailed || result.isConfigurationWrong) return done(2);
  if (request.isStrict && result.notLinted.length > 0) return done(2);
  return done(isOverGate(result, request.gate) ? 1 : 0);
}
