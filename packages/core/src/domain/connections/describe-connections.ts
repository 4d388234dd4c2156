import type { Place } from "../../yaml/node.ts";
import { shortName } from "../model/names.ts";
import type { Topology } from "../model/topology.ts";

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
