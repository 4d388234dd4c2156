import { oncePer } from "../../text/once.ts";
import type { Database } from "../model/database.ts";
import type { Topology } from "../model/topology.ts";

const indexOf = oncePer((topology: Topology) => {
  const byName = new Map<string, Database[]>();
  const byService = new Map<string, Database[]>();
  const byClaim = new Map<string, Database[]>();
  const add = (map: Map<string, Database[]>, key: string | undefined, database: Database): void => {
    if (key !== undefined) map.set(key, [...(map.get(key) ?? []), database]);
  };
  for (const database of topology.databases) {
    add(byName, database.resource.name, database);
    add(byService, database.resource.node.string("spec", "serviceName"), database);
    for (const volume of database.workload?.volumes ?? [])
      if (volume.source === "claim") add(byClaim, volume.sourceName, database);
  }
  return { byName, byService, byClaim };
});

/** Databases of a unit whose object has this name, in whatever namespace. */
export function databasesNamed(name: string, topology: Topology): readonly Database[] {
  return indexOf(topology).byName.get(name) ?? [];
}

/** Databases whose object or governing Service has this name. */
export function databasesServedBy(name: string, topology: Topology): readonly Database[] {
  const { byName, byService } = indexOf(topology);
  return [...(byName.get(name) ?? []), ...(byService.get(name) ?? [])];
}

/** Databases whose workload names this claim, in whatever namespace. */
export function databasesOnClaim(name: string, topology: Topology): readonly Database[] {
  return indexOf(topology).byClaim.get(name) ?? [];
}
