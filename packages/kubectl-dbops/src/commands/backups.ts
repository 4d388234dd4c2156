import {
  type BackupRequirements,
  createProject,
  databaseBackups,
  type LintResult,
  lint,
  printable,
  type RenderedOrigins,
  rulesOfLedger,
} from "@dbops/core";
import { tableFormats } from "../choices.ts";
import type { Arguments } from "../flags.ts";
import type { Io } from "../io.ts";
import { backupReporters } from "../reporters/backups.ts";
import { type ClusterExtent, notLintedLines, type ReportContext } from "../reporters/reporter.ts";
import { takesNoPaths } from "./cluster-request.ts";
import { readLevel } from "./levels.ts";
import { projectInput, readInput } from "./lint-input.ts";
import { liveProject } from "./live-project.ts";
import { reportContext } from "./outputs.ts";
import { extentOf, readAsked, sayProblems } from "./read-asked.ts";
import { withReadReleases } from "./rendered-charts.ts";
import { type RuleRequest, readColor, readRules, readSources } from "./request.ts";
import { readRequirements } from "./requirements.ts";
import { reportUnread } from "./unread.ts";

/** Prints what the backups of each database promise: 0 all that is required, 1 one falls short, 2 usage, configuration or unreadable input. */
export function runBackups(args: Arguments, io: Io): number {
  const request = readBackupsRequest(args, io);
  const found = readInput(readSources(args), io);
  const project = createProject(projectInput(request.rules, found, undefined, io));
  for (const error of found.errors) io.err(`error: ${printable(error)}\n`);
  const requested = new Set(project.files.flatMap(({ uri }) => (found.requested.has(uri) ? [uri] : [])));
  const result = withReadReleases(lint({ project, requested }), found);
  return show(request, result, { requested, origins: found.origins, isPartial: found.errors.length > 0 }, io);
}

/** The same of a cluster, or of what was taken from one: what its backups have done. */
export async function runLiveBackups(args: Arguments, io: Io): Promise<number> {
  const request = readBackupsRequest(args, io);
  takesNoPaths(args, "backups");
  const { read, namespace, isPartial } = await readAsked(args, io);
  const { project, requested, unread, problems } = liveProject(
    read,
    request.rules,
    { namespace, isAsked: () => true },
    io,
  );
  sayProblems(problems, io);
  const cluster = extentOf({ read, namespace });
  const seen = { requested, origins: new Map(), isPartial: isPartial || problems.length > 0, cluster, unread };
  return show(request, lint({ project, requested }), seen, io);
}

interface BackupsRequest {
  readonly format: (typeof tableFormats)[number];
  readonly required: BackupRequirements;
  /** What --require asks for, as written. */
  readonly requires: string;
  readonly context: ReportContext;
  readonly rules: RuleRequest;
}

/** @throws UsageError */
function readBackupsRequest(args: Arguments, io: Io): BackupsRequest {
  return {
    format: readLevel("output", args.value("output"), tableFormats) ?? "human",
    required: readRequirements(args.values("require")),
    requires: args.values("require").join(","),
    context: reportContext(readColor(args), io),
    rules: { ...readRules(args), select: rulesOfLedger },
  };
}

/** What was read, and how much of it was asked for. */
interface Seen {
  readonly requested: ReadonlySet<string>;
  readonly origins: ReadonlyMap<string, RenderedOrigins>;
  readonly isPartial: boolean;
  readonly cluster?: ClusterExtent;
  /** Kinds of which nobody can say that there is none. */
  readonly unread?: ReadonlySet<string>;
}

function show({ format, required, requires, context }: BackupsRequest, result: LintResult, seen: Seen, io: Io): number {
  const { requested, origins, isPartial, cluster, unread } = seen;
  const isUnread = reportUnread(result, context, io);
  const databases = databaseBackups(result, requested, required, unread);
  // A Secret that is encrypted holds no backup; what a template makes may.
  const notLinted = result.notLinted.filter(({ reason }) => reason === "chart" || reason === "template");
  const unseen = notLintedLines({ ...result, notLinted }, context);
  const extent = { origins, files: requested.size, ...(cluster === undefined ? {} : { cluster }) };
  io.out(backupReporters[format](databases, { ...context, ...extent, requires, unseen }));
  if (isPartial || isUnread) return 2;
  return databases.some(({ shortfalls }) => shortfalls.length > 0) ? 1 : 0;
}
