import { createProject, type Location, lint, printable, releasePages } from "@dbops/core";
import { tableFormats } from "../choices.ts";
import type { Arguments } from "../flags.ts";
import type { Io } from "../io.ts";
import { releaseReporters } from "../reporters/release.ts";
import { notLintedLines, rangeOf } from "../reporters/reporter.ts";
import { readLevel } from "./levels.ts";
import { changesIn, projectInput, readInput } from "./lint-input.ts";
import { reportContext } from "./outputs.ts";
import { changesOf, readColor, readRules, readSources } from "./request.ts";
import { reportUnread } from "./unread.ts";

/** Prints what a release does to the schema, a page for each migration: 0, 1 when a rule calls something in it an error, 2 usage or unreadable input. */
export function runRelease(args: Arguments, io: Io): number {
  const format = readLevel("output", args.value("output"), tableFormats) ?? "human";
  const context = reportContext(readColor(args), io);
  const changed = changesIn(changesOf(args), io);
  const rules = { ...readRules(args), select: ["sql", "migration"] };
  const found = readInput(readSources(args), io, changed);
  const project = createProject(projectInput(rules, found, undefined, io));
  for (const error of found.errors) io.err(`error: ${printable(error)}\n`);
  const given = project.files.flatMap(({ uri }) => (found.requested.has(uri) ? [uri] : []));
  const requested = new Set(changed === undefined ? given : given.filter((uri) => changed.has(uri)));
  const result = lint({ project, requested, origins: found.origins });
  const isUnread = reportUnread(result, context, io);
  const pages = releasePages(project, result, requested);
  const unseen = notLintedLines(
    { ...result, notLinted: result.notLinted.filter(({ reason }) => reason === "not-sql" || reason === "template") },
    context,
  );
  const lineOf = ({ uri, span }: Location): number => rangeOf(result, uri, span).start.line;
  io.out(
    releaseReporters[format](pages, { ...context, origins: found.origins, files: requested.size, lineOf, unseen }),
  );
  if (found.errors.length > 0 || isUnread) return 2;
  return pages.some(({ findings }) => findings.some(({ severity }) => severity === "error")) ? 1 : 0;
}
