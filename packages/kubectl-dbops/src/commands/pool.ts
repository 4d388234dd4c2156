import { connectionBudgets, createProject, type DatabaseBudget, lint, printable, type WhatIf } from "@dbops/core";
import { moments, tableFormats } from "../choices.ts";
import type { Arguments } from "../flags.ts";
import { type Io, UsageError } from "../io.ts";
import { poolReporters } from "../reporters/pool.ts";
import { readLevel } from "./levels.ts";
import { projectInput, readInput } from "./lint-input.ts";
import { reportContext } from "./outputs.ts";
import { readColor, readRules, readSources } from "./request.ts";
import { reportUnread } from "./unread.ts";
import { readWhatIf, type Supposition } from "./what-if.ts";

/** Prints who may open how many connections to which database: 0 all fit, 1 one is over its limit, 2 usage, configuration or unreadable input. */
export function runPool(args: Arguments, io: Io): number {
  const format = readLevel("output", args.value("output"), tableFormats) ?? "human";
  const gate = readLevel("fail-on", args.value("fail-on"), moments) ?? "rollout";
  const suppositions = args.values("what-if").flatMap(readWhatIf);
  const context = reportContext(readColor(args), io);
  const rules = { ...readRules(args), select: [] };
  const found = readInput(readSources(args), io);
  const project = createProject(projectInput(rules, found, undefined, io));
  for (const error of found.errors) io.err(`error: ${printable(error)}\n`);
  const requested = new Set(project.files.flatMap(({ uri }) => (found.requested.has(uri) ? [uri] : [])));
  // No rule runs: only what could not be read is of interest.
  const isUnread = reportUnread(lint({ project, requested, origins: found.origins }), context, io);
  const whatIf: WhatIf = (owner, setting) =>
    suppositions.findLast((each) => each.setting === setting && isMeant(each, owner))?.value;
  const budgets = connectionBudgets(project, requested, whatIf);
  for (const supposition of suppositions) checkMeant(supposition, budgets);
  // Of a server without a limit in view (Redis, MongoDB) only what can be counted is worth a table.
  const shown = budgets.filter(
    ({ budget }) => budget.rows.length > 0 || (budget.uncounted.length > 0 && budget.limit.value !== undefined),
  );
  io.out(
    poolReporters[format](shown, {
      ...context,
      origins: found.origins,
      databases: budgets.length,
      files: requested.size,
    }),
  );
  if (found.errors.length > 0 || isUnread) return 2;
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
