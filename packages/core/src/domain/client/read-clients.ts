import type { Container } from "../../kube/container.ts";
import type { Workload } from "../../kube/workload.ts";
import type { Client } from "../model/client.ts";
import type { HostReference } from "../model/reach.ts";
import { readClientPool } from "./client-pool.ts";

/** Containers of a workload that connect to a database or a pooler, one client a host they name. */
export function readClients(
  workload: Workload,
  hostsIn: (container: Container) => readonly HostReference[],
): readonly Client[] {
  return workload.containers.flatMap((container) => {
    if (container.role === "init") return [];
    const seen = new Set<string>();
    return hostsIn(container).flatMap((host): Client[] => {
      const { reaches } = host;
      if (reaches.state !== "database" && reaches.state !== "pooler") return [];
      // A server that names itself (replica set members, its own probe) is no client of itself.
      if (reaches.state === "database" && reaches.database.workload === workload) return [];
      const key = `${host.host}:${host.port ?? ""}`;
      if (seen.has(key)) return [];
      seen.add(key);
      return [{ container, host, ...readClientPool(container, host) }];
    });
  });
}
