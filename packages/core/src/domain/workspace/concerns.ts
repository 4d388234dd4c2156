import type { Workload } from "../../kube/workload.ts";
import type { Topology } from "../model/topology.ts";

/** The workload runs a database, a pooler, a migration or a backup: generic tools look after the others. */
export function concernsDatabases(workload: Workload, topology: Topology): boolean {
  return topology.concerns(workload);
}
