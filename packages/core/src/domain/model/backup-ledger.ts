import type { Resource } from "../../kube/resource.ts";
import type { Fact } from "../../yaml/fact.ts";
import type { Place } from "../../yaml/node.ts";
import type { Backup } from "./backup.ts";
import type { BackupDeletion, BackupFault, Retention, Whereabouts } from "./backup-terms.ts";
import type { Database } from "./database.ts";

/** Why a backup without a schedule has no recovery point. */
export const takenOnce = "it is taken once";

/** When a backup last succeeded: it ended then, it archives now, or it never has. Times as the cluster writes them. */
export type LastSuccess =
  | { readonly kind: "ended"; readonly time: string }
  | { readonly kind: "continuous" }
  | { readonly kind: "never" };

/** One way in which a database is backed up, and what it promises. */
export interface LedgerRow {
  readonly method: Backup["method"];
  /** What takes it: the CronJob, the operator's schedule or cluster. */
  readonly resource: Resource;
  readonly store: string | undefined;
  /** Where its name is written. */
  readonly at: Place;
  /** It takes nothing; the other cells then say what it would promise. */
  readonly fault: BackupFault | undefined;
  /** The part of the database that it takes: `table orders only`; undefined: all, as far as can be told. */
  readonly part: string | undefined;
  /** Seconds of changes that a restore may lose by schedule. */
  readonly recoveryPoint: Fact<number>;
  readonly keeps: Fact<Retention>;
  readonly lies: Fact<Whereabouts>;
  readonly deletions: readonly BackupDeletion[];
  /** A finding says that a failed run of it counts as a success. */
  readonly hides?: { readonly ruleId: string; readonly isError: boolean };
  /** Of a cluster only: manifests do not say it. */
  readonly lastSuccess?: Fact<LastSuccess>;
  /** Of a cluster: older single backups of the same kind, for which this one stands. */
  readonly older?: number;
}

/** A restore that proves a backup of the database. */
export interface RestoreTest {
  readonly resource: Resource;
  /** The longest time between two of them in seconds; undefined: it runs once. */
  readonly every: number | undefined;
}

/** What is promised for one database. */
export interface BackupLedger {
  readonly database: Database;
  readonly rows: readonly LedgerRow[];
  /** Backups that may be meant for it: what they back up is not in view. */
  readonly possible: readonly Resource[];
  /** undefined: none is in view; Unknown: one is, and of which database is not known. */
  readonly restoreTest: Fact<RestoreTest> | undefined;
  /** undefined: it was read from manifests. */
  readonly cluster?: ClusterEvidence;
}

/** What a cluster says of the backups of one database beside their rows. */
export interface ClusterEvidence {
  /** An ISO time. */
  readonly readAt: string;
  /** The earliest point in time that can be restored, as its operator writes it; undefined: nothing in view names one. */
  readonly firstRecoveryPoint: Fact<string> | undefined;
  /** Kinds that may hold backups of it and could not be read. */
  readonly hidden: readonly string[];
}
