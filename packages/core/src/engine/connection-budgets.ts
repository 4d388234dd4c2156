import { buildTopology } from "../domain/build-topology.ts";
import { sumInWords } from "../domain/connections/describe-connections.ts";
import { runningPods } from "../domain/live/running-pods.ts";
import type {
  ConnectionBudget,
  FittingSetting,
  OwnedNumber,
  UncountedRow,
  WhatIf,
} from "../domain/model/connections.ts";
import { serverName, shortName } from "../domain/model/names.ts";
import type { Topology } from "../domain/model/topology.ts";
import type { Kind } from "../facts/kinds.ts";
import { indexResources } from "../kube/index-resources.ts";
import { indexLive } from "../kube/live-world.ts";
import type { CutUnit } from "../project/cut-units.ts";
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
  /** What the manifests say of each number that a `WhatIf` may replace, whatever it does. */
  readonly numbers: readonly OwnedNumber[];
  /** `126 of 97 connections during a rollout`; undefined: nobody is counted, or the limit is not in view. */
  readonly inWords: string | undefined;
}

/** Whether somebody connects; of a server without a limit in view (Redis, MongoDB) only what can be counted is worth a table. */
export function hasConnections({ budget }: DatabaseBudget): boolean {
  return budget.rows.length > 0 || (budget.uncounted.length > 0 && budget.limit.value !== undefined);
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
    const topology = topologyOf(unit, project, requested);
    const unread = unit.kind === "cluster" ? connecting.filter((kind) => project.input.cluster?.unread.has(kind)) : [];
    for (const database of topology.databases) {
      const budget = withUnread(topology.connectionsOf(database, whatIf), unread);
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
        numbers: topology.numbersOf(database),
        inWords: sumInWords(budget),
      });
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** What people wrote of a unit; in a cluster, connections are counted by the Pods that run now. */
function topologyOf(unit: CutUnit, { input }: Project, requested: ReadonlySet<string>): Topology {
  const resources = resourcesOf(unit, new Map(), requested);
  if (unit.kind !== "cluster" || input.cluster === undefined) return buildTopology(indexResources(resources));
  const { readAt, unread } = input.cluster;
  const live = indexLive(resources, readAt);
  const index = indexResources(live.written);
  return buildTopology(index, undefined, undefined, (resource) => runningPods(resource, live, unread));
}

/** Whose Pods open connections. */
const connecting = ["Deployment", "StatefulSet", "DaemonSet"] as const satisfies readonly Kind[];

/** Where some of those who connect could not be read, the sums are lower bounds. */
function withUnread(budget: ConnectionBudget, kinds: readonly Kind[]): ConnectionBudget {
  if (kinds.length === 0) return budget;
  const at = budget.database.resource.node.nearest("metadata", "name");
  const row: UncountedRow = { role: "client", label: kinds.join(", "), because: "could not be read", at };
  return { ...budget, isLowerBound: true, uncounted: [...budget.uncounted, row] };
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
