import type { Workload } from "../kube/workload.ts";
import type { Topology } from "./topology.ts";

/** The workload runs a database, a pooler, a migration or a backup: generic tools look after the others. */
export function concernsDatabases(workload: Workload, topology: Topology): boolean {
  return (
    topology.databaseOf(workload) !== undefined ||
    topology.poolers.some((pooler) => pooler.workload === workload) ||
    topology.migrations.some((migration) => migration.workload === workload) ||
    topology.backups.some((backup) => backup.container?.workload === workload)
  );
}
