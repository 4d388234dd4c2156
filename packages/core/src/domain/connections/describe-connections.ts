import type { Place } from "../../yaml/node.ts";
import type { ConnectionBudget } from "../model/connections.ts";
import { count, shortName } from "../model/names.ts";
import type { Pooler } from "../model/pooler.ts";
import type { Topology } from "../model/topology.ts";

/** `at least 126 of 97 connections during a rollout`; undefined: nobody connects, or the limit is not in view. */
export function sumInWords(budget: ConnectionBudget): string | undefined {
  const limit = budget.limit.value;
  if (limit === undefined || budget.rows.length === 0) return undefined;
  const atLeast = budget.isLowerBound ? "at least " : "";
  return budget.rollout > budget.peak
    ? `${atLeast}${budget.rollout} of ${limit} connections during a rollout`
    : `${atLeast}${budget.peak} of ${limit} connections at peak`;
}

/** The server connections of a pooler at all its servers; undefined: it is a term of no sum. */
export function poolerInWords(pooler: Pooler, topology: Topology): string | undefined {
  const name = shortName(pooler.resource);
  const rows = topology.databases.flatMap((database) =>
    topology.connectionsOf(database).rows.filter(({ role, label }) => role === "pooler" && label === name),
  );
  const sum = rows.reduce((total, row) => total + row.rollout, 0);
  return rows.length === 0 ? undefined : `up to ${count(sum, "server connection")} during a rollout`;
}

/** Who opens how many server connections, where a place is one of the terms or the limit itself, as Markdown. */
export function describeConnections(topology: Topology, isHere: (place: Place) => boolean): string | undefined {
  for (const database of topology.databases) {
    const limit = database.settings.number("max_connections");
    const isLimit = limit !== undefined && isHere(limit.at);
    const budget = topology.connectionsOf(database);
    const rows = isLimit
      ? budget.rows
      : budget.rows.filter((row) => isHere(row.at) || row.terms.some((term) => isHere(term.at)));
    if (rows.length === 0) continue;
    const atLeast = budget.isLowerBound ? "at least " : "";
    const accepts =
      budget.limit.value === undefined
        ? `${shortName(database.resource)}: how many connections it accepts is not in view`
        : `${shortName(database.resource)} accepts ${budget.limit.value} (${budget.limitFormula})`;
    const sum = rows.reduce((total, row) => total + row.peak, 0);
    const others = budget.peak - sum;
    const lines = [
      ...rows.map((row) => `${row.label}: ${row.formula} = **${row.peak}** server connections`),
      ...(rows.length > 1 || others > 0
        ? [
            `All together ${atLeast}${budget.peak}${budget.rollout > budget.peak ? `, ${budget.rollout} during a rollout` : ""}`,
          ]
        : budget.rollout > budget.peak
          ? [`${budget.rollout} during a rollout`]
          : []),
      accepts,
    ];
    return lines.join("  \n");
  }
  return undefined;
}
