import type { Fact } from "../../yaml/fact.ts";
import type { Place } from "../../yaml/node.ts";

/** How long old backups stay: for a time in seconds, so many copies, or all of them because nothing deletes any. */
export type Retention =
  | { readonly kind: "time"; readonly seconds: number }
  /** `every`: the seconds between two of them, where that is not what the backup's own schedule says. */
  | { readonly kind: "copies"; readonly copies: number; readonly every?: number }
  | { readonly kind: "all" };

/**
 * Where a backup is, from the nearest to the data to the furthest: in a Pod that is deleted after the run, on the volume of the data,
 * on a node, in the storage system of the data as a snapshot, on a claim of the same StorageClass, elsewhere in the cluster, outside it.
 */
export type Whereabouts = "pod" | "data-volume" | "node" | "snapshot" | "same-class" | "cluster" | "off-site";

/** A folder of a bucket. */
export interface StoreFolder {
  /** Buckets of one name in two of these are two buckets: `own` is any store with an endpoint of its own. */
  readonly cloud: "s3" | "gs" | "own";
  readonly bucket: string;
  /** Without slashes around it; empty: all of the bucket. */
  readonly prefix: string;
}

/** What a dump takes of a database. */
export type DumpContent =
  | { readonly kind: "whole" }
  /** `table orders only`, `all except table audit` */
  | { readonly kind: "partial"; readonly what: string }
  /** `pg_dump --schema-only takes no data` */
  | { readonly kind: "none"; readonly because: string };

/** Why a backup takes nothing: `it is suspended`. */
export interface BackupFault {
  readonly because: string;
  readonly at: Place;
}

/** Something besides its age that deletes a backup: `deleting PostgresCluster orders`. */
export interface BackupDeletion {
  readonly text: string;
  readonly at: Place;
}

/** What the object of an operator or a cluster backup says of a backup itself; what is left out follows from its schedule and script. */
export interface BackupTerms {
  /** Which of several stores of one object this is about: `repo1`. */
  readonly store?: string;
  /** Seconds of changes that a restore may lose, where the schedule does not say it: an archive of WAL. */
  readonly recoveryPoint?: Fact<number>;
  readonly keeps?: Fact<Retention>;
  readonly lies?: Fact<Whereabouts>;
  /** The bucket that its objects name. */
  readonly folder?: StoreFolder;
  readonly fault?: BackupFault;
  /** It can be restored only from a base backup that another object takes. */
  readonly needsBase?: true;
  readonly deletions?: readonly BackupDeletion[];
}
