import {
  connectionBudgets,
  createProject,
  type DatabaseBudget,
  hasConnections,
  kindsThatConnect,
  lint,
  type Project,
  printable,
  type RenderedOrigins,
  type WhatIf,
} from "@dbops/core";
import { moments, tableFormats } from "../choices.ts";
import type { Arguments } from "../flags.ts";
import { type Io, UsageError } from "../io.ts";
import { poolReporters } from "../reporters/pool.ts";
import type { ClusterExtent, ReportContext } from "../reporters/reporter.ts";
import { takesNoPaths } from "./cluster-request.ts";
import { readLevel } from "./levels.ts";
import { projectInput, readInput } from "./lint-input.ts";
import { liveProject } from "./live-project.ts";
import { reportContext } from "./outputs.ts";
import { extentOf, readAsked, sayProblems } from "./read-asked.ts";
import { type RuleRequest, readColor, readRules, readSources } from "./request.ts";
import { reportUnread } from "./unread.ts";
import { readWhatIf, type Supposition } from "./what-if.ts";

/** Prints who may open how many connections to which database: 0 all fit, 1 one is over its limit, 2 usage, configuration or unreadable input. */
export function runPool(args: Arguments, io: Io): number {
  const request = readPoolRequest(args, io);
  const found = readInput(readSources(args), io);
  const project = createProject(projectInput(request.rules, found, undefined, io));
  for (const error of found.errors) io.err(`error: ${printable(error)}\n`);
  const requested = new Set(project.files.flatMap(({ uri }) => (found.requested.has(uri) ? [uri] : [])));
  return show(request, { project, requested, origins: found.origins, isPartial: found.errors.length > 0 }, io);
}

/** The same of a cluster, or of what was taken from one, by the Pods that run there. */
export async function runLivePool(args: Arguments, io: Io): Promise<number> {
  const request = readPoolRequest(args, io);
  takesNoPaths(args, "pool");
  const { read, namespace, isPartial } = await readAsked(args, io, { kinds: kindsThatConnect() });
  const { project, requested, problems } = liveProject(read, request.rules, { namespace, isAsked: () => true }, io);
  sayProblems(problems, io);
  const cluster = extentOf({ read, namespace });
  return show(
    request,
    { project, requested, origins: new Map(), isPartial: isPartial || problems.length > 0, cluster },
    io,
  );
}

interface PoolRequest {
  readonly format: (typeof tableFormats)[number];
  readonly gate: (typeof moments)[number];
  readonly suppositions: readonly Supposition[];
  readonly context: ReportContext;
  readonly rules: RuleRequest;
}

/** @throws UsageError */
function readPoolRequest(args: Arguments, io: Io): PoolRequest {
  return {
    format: readLevel("output", args.value("output"), tableFormats) ?? "human",
    gate: readLevel("fail-on", args.value("fail-on"), moments) ?? "rollout",
    suppositions: args.values("what-if").flatMap(readWhatIf),
    context: reportContext(readColor(args), io),
    rules: { ...readRules(args), select: [] },
  };
}

/** What was read, and how much of it was asked for. */
interface Seen {
  readonly project: Project;
  readonly requested: ReadonlySet<string>;
  readonly origins: ReadonlyMap<string, RenderedOrigins>;
  readonly isPartial: boolean;
  readonly cluster?: ClusterExtent;
}

function show({ format, gate, suppositions, context }: PoolRequest, seen: Seen, io: Io): number {
  const { project, requested, origins, isPartial, cluster } = seen;
  // No rule runs: only what could not be read is of interest.
  const isUnread = reportUnread(lint({ project, requested, origins }), context, io);
  const whatIf: WhatIf = (owner, setting) =>
    suppositions.findLast((each) => each.setting === setting && isMeant(each, owner))?.value;
  const budgets = connectionBudgets(project, requested, whatIf);
  for (const supposition of suppositions) checkMeant(supposition, budgets);
  const shown = budgets.filter(hasConnections);
  const extent = { origins, databases: budgets.length, files: requested.size };
  io.out(poolReporters[format](shown, { ...context, ...extent, ...(cluster === undefined ? {} : { cluster }) }));
  if (isPartial || isUnread) return 2;
  return gate !== "never" && shown.some((each) => isOver(each, gate)) ? 1 : 0;
}

function isMeant({ target }: Supposition, owner: { readonly role: string; readonly name: string }): boolean {
  return target === undefined || target === owner.role || target === owner.name;
}

/** @throws UsageError where a supposition changes nothing: a misspelt name would look like a number that does not matter */
function checkMeant(supposition: Supposition, budgets: readonly DatabaseBudget[]): void {
  const owners = budgets.flatMap(({ budget }) => [
    { role: "database", name: budget.database.resource.name },
    ...[...budget.rows, ...budget.uncounted].map(({ role, label }) => ({ role, name: label.replace(/^.*\//, "") })),
  ]);
  const able = owners.filter((owner) => supposition.roles.includes(owner.role));
  if (able.some((owner) => isMeant(supposition, owner))) return;
  const names = [...new Set(able.map(({ name }) => name))];
  throw new UsageError(
    `--what-if ${supposition.written}: ${names.length === 0 ? `nothing here has ${supposition.setting}` : `choose from ${names.join(", ")}`}`,
  );
}

function isOver({ budget }: DatabaseBudget, gate: "rollout" | "peak"): boolean {
  const limit = budget.limit.value;
  return limit !== undefined && (budget.peak > limit || (gate === "rollout" && budget.rollout > limit));
}
