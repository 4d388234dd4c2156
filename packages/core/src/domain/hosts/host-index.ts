import type { Resource } from "../../kube/resource.ts";
import { oncePer } from "../../text/once.ts";
import type { Database } from "../model/database.ts";
import type { HostReference } from "../model/reach.ts";
import type { Topology } from "../model/topology.ts";

/** Host names by what they reach. */
const indexOf = oncePer((topology: Topology) => {
  const byService = new Map<Resource, HostReference[]>();
  const byDatabase = new Map<Database, HostReference[]>();
  for (const host of topology.hosts) {
    const { reaches } = host;
    if (reaches.state !== "database") continue;
    byDatabase.set(reaches.database, [...(byDatabase.get(reaches.database) ?? []), host]);
    if (reaches.service !== undefined && reaches.instance === undefined)
      byService.set(reaches.service, [...(byService.get(reaches.service) ?? []), host]);
  }
  return { byService, byDatabase };
});

/** Hosts that lead through a Service to whichever Pod it picks, written by others than the database's own workload. */
export function clientsThrough(service: Resource, database: Database, topology: Topology): readonly HostReference[] {
  return (indexOf(topology).byService.get(service) ?? []).filter((host) => host.writtenBy !== database.resource);
}

/** All host names that lead to a database. */
export function hostsReaching(database: Database, topology: Topology): readonly HostReference[] {
  return indexOf(topology).byDatabase.get(database) ?? [];
}
