import { buildTopology } from "../domain/build-topology.ts";
import type { ConnectionBudget, FittingSetting, WhatIf } from "../domain/model/connections.ts";
import { serverName, shortName } from "../domain/model/names.ts";
import { indexResources } from "../kube/index-resources.ts";
import type { Project } from "../project/project.ts";
import { resourcesOf } from "./lint.ts";

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

/** The budgets of all databases that the asked files run or connect to; the same objects in several units count once. */
export function connectionBudgets(
  project: Project,
  asked: ReadonlySet<string>,
  whatIf: WhatIf = () => undefined,
): readonly DatabaseBudget[] {
  const found = new Map<string, DatabaseBudget>();
  for (const unit of project.units) {
    const topology = buildTopology(indexResources(resourcesOf(unit, new Map(), asked)));
    for (const database of topology.databases) {
      const budget = topology.connectionsOf(database, whatIf);
      const places = [database.resource.node, ...[...budget.rows, ...budget.uncounted].map(({ at }) => at)];
      if (!places.some(({ file }) => asked.has(file.uri))) continue;
      const key = places.map(({ file, span }) => `${file.uri}:${span.start}`).join(" ");
      const numbers = `${budget.peak} ${budget.rollout} ${budget.limit.value}`;
      if (found.has(`${key} ${numbers}`)) continue;
      found.set(`${key} ${numbers}`, {
        name: shortName(database.resource),
        server: serverName(database),
        budget,
        peakFits: topology.settingsThatFit(budget, "peak", whatIf),
        rolloutFits: topology.settingsThatFit(budget, "rollout", whatIf),
      });
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
