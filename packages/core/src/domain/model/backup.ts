import type { Command } from "../../embedded/command.ts";
import type { Engine } from "../../facts/engines.ts";
import type { Container } from "../../kube/container.ts";
import type { Resource } from "../../kube/resource.ts";
import type { CronDialect } from "../../kube/schedule-fault.ts";
import type { Fact } from "../../yaml/fact.ts";
import type { BackupTerms, DumpContent } from "./backup-terms.ts";
import type { Database } from "./database.ts";
import type { HostReference } from "./reach.ts";

export interface Backup {
  readonly method: "dump" | "physical" | "wal-archive" | "volume-snapshot" | "cluster-backup";
  readonly engine: Engine | undefined;
  readonly resource: Resource;
  readonly container: Container | undefined;
  readonly schedule: Fact<string> | undefined;
  /** How the schedule is read, where that is not as for a CronJob or most operators: five fields. */
  readonly dialect?: CronDialect;
  /** What it connects to, as far as it is written. */
  readonly hosts: readonly HostReference[];
  /** The databases it covers, as far as they are in view. */
  readonly databases: readonly Database[];
  /** The hosts of each of its commands of which it is not known what they lead to, beside commands of which it is. */
  readonly openHosts?: readonly (readonly HostReference[])[];
  /** What it runs is not in view: that it backs up a database is only what it is called. */
  readonly isUnseen?: true;
  /** The name of the object of its own API group that it backs up, for operators whose backups name one: it takes nothing else. */
  readonly target?: Fact<string>;
  /** What the object itself says of retention, place and deletion, for operators and cluster backups. */
  readonly terms?: BackupTerms;
  /** The dump command; undefined for operators, snapshots and backup images. */
  readonly command: Command | undefined;
  /** What the dump takes, where a script says it; undefined: everything. */
  readonly content?: DumpContent;
  /** All commands of the container: retention, upload, verification stand there. */
  readonly script: readonly Command[];
}
