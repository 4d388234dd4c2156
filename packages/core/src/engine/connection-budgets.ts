import { buildTopology } from "../domain/build-topology.ts";
import type { ConnectionBudget, FittingSetting, WhatIf } from "../domain/model/connections.ts";
import { serverName, shortName } from "../domain/model/names.ts";
import { indexResources } from "../kube/index-resources.ts";
import type { Project } from "../project/project.ts";
import { resourcesOf } from "./build-workspaces.ts";
import { Concealment } from "./concealment.ts";

/** The budget of one database, with what a host prints beside it. */
export interface DatabaseBudget {
  /** `shop/orders-db` */
  readonly name: string;
  /** `postgres:16` */
  readonly server: string;
  readonly budget: ConnectionBudget;
  /** What makes the peak fit, and then a rollout; empty where it fits. */
  readonly peakFits: readonly FittingSetting[];
  readonly rolloutFits: readonly FittingSetting[];
}

/** The budgets of all databases that the requested files run or connect to; the same objects in several units count once. */
export function connectionBudgets(
  project: Project,
  requested: ReadonlySet<string>,
  whatIf: WhatIf = () => undefined,
): readonly DatabaseBudget[] {
  const found = new Map<string, DatabaseBudget>();
  const files = new Map(project.files.map((file) => [file.uri, file]));
  const concealment = new Concealment(files, project.documentsOf, project.input.rules);
  for (const unit of project.units) {
    const topology = buildTopology(indexResources(resourcesOf(unit, new Map(), requested)));
    for (const database of topology.databases) {
      const budget = topology.connectionsOf(database, whatIf);
      const places = [database.resource.node, ...[...budget.rows, ...budget.uncounted].map(({ at }) => at)];
      if (!places.some(({ file }) => requested.has(file.uri))) continue;
      const key = places.map(({ file, span }) => `${file.uri}:${span.start}`).join(" ");
      const numbers = `${budget.peak} ${budget.rollout} ${budget.limit.value}`;
      if (found.has(`${key} ${numbers}`)) continue;
      const line = (text: string): string => concealment.line(text, [...new Set(places.map(({ file }) => file.uri))]);
      const fits = (moment: "peak" | "rollout"): readonly FittingSetting[] =>
        topology.settingsThatFit(budget, moment, whatIf).map((each) => ({ ...each, text: line(each.text) }));
      found.set(`${key} ${numbers}`, {
        name: line(shortName(database.resource)),
        server: line(serverName(database)),
        budget: shownBudget(budget, line),
        peakFits: fits("peak"),
        rolloutFits: fits("rollout"),
      });
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** The texts of a budget as they may be shown. */
function shownBudget(budget: ConnectionBudget, line: (text: string) => string): ConnectionBudget {
  return {
    ...budget,
    limitFormula: line(budget.limitFormula),
    rows: budget.rows.map((row) => ({
      ...row,
      label: line(row.label),
      formula: line(row.formula),
      numbers: line(row.numbers),
      more: row.more.map(line),
    })),
    uncounted: budget.uncounted.map((row) => ({ ...row, label: line(row.label), because: line(row.because) })),
  };
}
