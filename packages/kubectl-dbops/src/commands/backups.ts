import { createProject, databaseBackups, lint, printable, rulesOfLedger } from "@dbops/core";
import { tableFormats } from "../choices.ts";
import type { Arguments } from "../flags.ts";
import type { Io } from "../io.ts";
import { backupReporters } from "../reporters/backups.ts";
import { notLintedLines } from "../reporters/reporter.ts";
import { readLevel } from "./levels.ts";
import { projectInput, readInput } from "./lint-input.ts";
import { reportContext } from "./outputs.ts";
import { withReadReleases } from "./rendered-charts.ts";
import { readColor, readRules, readSources } from "./request.ts";
import { readRequirements } from "./requirements.ts";
import { reportUnread } from "./unread.ts";

/** Prints what the backups of each database promise: 0 all that is required, 1 one falls short, 2 usage, configuration or unreadable input. */
export function runBackups(args: Arguments, io: Io): number {
  const format = readLevel("output", args.value("output"), tableFormats) ?? "human";
  const required = readRequirements(args.values("require"));
  const context = reportContext(readColor(args), io);
  const rules = { ...readRules(args), select: rulesOfLedger };
  const found = readInput(readSources(args), io);
  const project = createProject(projectInput(rules, found, undefined, io));
  for (const error of found.errors) io.err(`error: ${printable(error)}\n`);
  const requested = new Set(project.files.flatMap(({ uri }) => (found.requested.has(uri) ? [uri] : [])));
  const result = withReadReleases(lint({ project, requested }), found);
  const isUnread = reportUnread(result, context, io);
  const databases = databaseBackups(result, requested, required);
  // A Secret that is encrypted holds no backup; what a template makes may.
  const notLinted = result.notLinted.filter(({ reason }) => reason === "chart" || reason === "template");
  const unseen = notLintedLines({ ...result, notLinted }, context);
  const requires = args.values("require").join(",");
  io.out(
    backupReporters[format](databases, { ...context, origins: found.origins, files: requested.size, requires, unseen }),
  );
  if (found.errors.length > 0 || isUnread) return 2;
  return databases.some(({ shortfalls }) => shortfalls.length > 0) ? 1 : 0;
}
