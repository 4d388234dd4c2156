import type { Everywhere } from "../domain/backup/read-backups.ts";
import { buildTopology, named } from "../domain/build-topology.ts";
import type { Topology } from "../domain/model/topology.ts";
import type { Workspace } from "../domain/model/workspace.ts";
import { indexResources } from "../kube/index-resources.ts";
import { indexLive } from "../kube/live-world.ts";
import { readResources } from "../kube/read-resources.ts";
import type { Resource } from "../kube/resource.ts";
import type { ResourceIndex } from "../kube/resource-index.ts";
import type { CutUnit } from "../project/cut-units.ts";
import { apartFrom } from "../project/paths.ts";
import type { Project } from "../project/project.ts";
import { once } from "../text/once.ts";
import type { ManifestDocument } from "../yaml/document.ts";
import type { Faults } from "./faults.ts";
import { notLintedOf } from "./not-linted.ts";
import type { NotLinted } from "./result.ts";
import { chartsOf } from "./unread-charts.ts";

/** A unit and what rules see of it. */
export interface BuiltUnit {
  readonly unit: CutUnit;
  readonly resources: readonly Resource[];
  readonly workspace: Workspace;
}

/** Reads the objects of every unit and restates them as databases, poolers and what belongs to them. */
export function buildWorkspaces(
  project: Project,
  requested: ReadonlySet<string>,
  faults: Faults,
): { readonly built: readonly BuiltUnit[]; readonly notLinted: ReadonlyMap<string, NotLinted> } {
  const notLinted = new Map<string, NotLinted>();
  const read = project.units.map((unit) => ({
    unit,
    resources: faults.guard(
      unit,
      "it read the objects of this folder",
      () => resourcesOf(unit, notLinted, requested, faults.inDocument),
      [],
    ),
  }));
  const live = new Map(
    read.flatMap(({ unit, resources }) =>
      unit.kind === "cluster"
        ? [[unit, indexLive(resources, project.input.cluster?.readAt ?? `${project.input.today}T00:00:00Z`)]]
        : [],
    ),
  );
  const written = read.map(({ unit, resources }) => ({ unit, resources: live.get(unit)?.written ?? resources }));
  const everything = everythingOf(
    indexResources(
      written.length === 1 ? (written[0]?.resources ?? []) : written.flatMap(({ resources }) => resources),
    ),
    written,
  );
  const built = written.map(({ unit, resources }): BuiltUnit => {
    const index = read.length === 1 ? everything.resources : indexResources(resources);
    const topology = buildTopology(index, faults.inResource, everything);
    everything.add(topology);
    const backupsAre = project.configFor(`${unit.name}/x`).backups;
    const { view, today } = project.input;
    return {
      unit,
      resources,
      workspace: { view, unit, resources: index, topology, everything, today, live: live.get(unit), backupsAre },
    };
  });
  return { built, notLinted };
}

/** All units together. Rules loop over `topologies` to find databases and backups: units that hold neither are left out. */
function everythingOf(
  resources: ResourceIndex,
  units: readonly Pick<BuiltUnit, "unit" | "resources">[],
): Workspace["everything"] & Everywhere & { add(topology: Topology): void } {
  const all: Topology[] = [];
  let telling: readonly Topology[] | undefined;
  const databases = once(() => all.flatMap((topology) => topology.databases));
  const unitOf = once(() => new Map(units.flatMap(({ unit, resources: own }) => own.map((each) => [each, unit]))));
  return {
    resources,
    get topologies() {
      telling ??= all.filter((topology) => topology.databases.length > 0 || topology.backups.length > 0);
      return telling;
    },
    databases,
    databasesNamed: named(databases, (resource) => {
      const { uri } = resource.document.file;
      return unitOf().get(resource)?.nameMade?.(uri, resource.name) ?? resource.name;
    }),
    placeOf: (resource) => {
      const namespace = unitOf().get(resource)?.namespaceMade(resource.document.file.uri);
      return namespace === undefined ? resource : { namespace };
    },
    add: (topology) => all.push(topology),
  };
}

/** The objects of a unit; documents that are none are added to `notLinted`. */
export function resourcesOf(
  unit: CutUnit,
  notLinted: Map<string, NotLinted>,
  requested: ReadonlySet<string>,
  onCrash?: (error: unknown, document: ManifestDocument) => void,
): readonly Resource[] {
  // A document of several units is named once.
  const add = (entry: NotLinted): void => {
    const key = `${entry.document} ${entry.uri} ${entry.chart?.one ?? ""}`;
    if (requested.has(entry.uri) && !notLinted.has(key)) notLinted.set(key, entry);
  };
  const documents = unit.documents.filter((document) => {
    const entry = notLintedOf(document, unit);
    if (entry !== undefined) add(entry);
    return entry === undefined;
  });
  const resources = readResources(documents, {
    unit: unit.name,
    holdsParts: (uri) => unit.parts.has(uri),
    apply: unit.apply,
    ...(onCrash === undefined ? {} : { onCrash }),
  });
  for (const resource of resources) {
    const { file, index } = resource.document;
    for (const entry of chartsOf(resource)) add(entry);
    const isKnown = !resource.isUnsettled && (!resource.isPartial || unit.appliedPatches.has(file.uri));
    if (isKnown) continue;
    const start = resource.node.nearest("kind").span.start;
    add({
      uri: file.uri,
      document: index + 1,
      span: { start, end: start },
      ...(resource.isPartial
        ? {
            reason: "partial",
            message: `has only part of ${`${resource.kind} ${resource.name}`.trim()} (a patch or fragment)`,
          }
        : {
            reason: "patched",
            message: `has ${resource.kind} ${resource.name}, which kustomization ${apartFrom(unit.name, file.uri)} patches in a way that only kustomize can apply (kubectl dbops lint -k DIR)`,
          }),
    });
  }
  return resources;
}
