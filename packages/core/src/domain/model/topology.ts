import type { Container } from "../../kube/container.ts";
import type { Resource } from "../../kube/resource.ts";
import type { Workload } from "../../kube/workload.ts";
import type { Backup } from "./backup.ts";
import type { Client } from "./client.ts";
import type { ConnectionBudget, FittingSetting, Moments, OwnedNumber, WhatIf } from "./connections.ts";
import type { Database } from "./database.ts";
import type { Migration } from "./migration.ts";
import type { Pooler } from "./pooler.ts";
import type { HostReference, Reach } from "./reach.ts";

/** A unit in the words of someone who runs databases. Links are questions, computed when asked. */
export interface Topology {
  readonly databases: readonly Database[];
  readonly poolers: readonly Pooler[];
  readonly clients: readonly Client[];
  readonly migrations: readonly Migration[];
  readonly backups: readonly Backup[];
  readonly hosts: readonly HostReference[];
  poolersOf(database: Database): readonly Pooler[];
  backupsOf(database: Database): readonly Backup[];
  clientsOf(pooler: Pooler): readonly Client[];
  connectionsOf(database: Database, whatIf?: WhatIf): ConnectionBudget;
  /** The numbers that a `WhatIf` may replace in the connections of a database. */
  numbersOf(database: Database): readonly OwnedNumber[];
  /** Settings with which a budget over the limit fits, the gentlest first. */
  settingsThatFit(budget: ConnectionBudget, moment: keyof Moments, whatIf?: WhatIf): readonly FittingSetting[];
  hostsIn(container: Container): readonly HostReference[];
  /** Where a host leads from a container. */
  reachOf(host: string, container: Container): Reach;
  databaseOf(owner: Workload | Resource): Database | undefined;
  poolerOf(container: Container): Pooler | undefined;
  /** The workload runs a database, a pooler, a migration or a backup. */
  concerns(workload: Workload): boolean;
}
