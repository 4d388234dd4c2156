import type { Fact } from "../../yaml/fact.ts";
import type { Place } from "../../yaml/node.ts";
import type { Database } from "./database.ts";

/** Connections at three moments: replicas as written; all that an autoscaler may start and pools may open; and while a new version rolls out. */
export interface Moments {
  readonly atRest: number;
  readonly peak: number;
  readonly rollout: number;
}

/** A pooler or a client, and what it may open. */
export interface ConnectionRow extends Moments {
  readonly role: "pooler" | "client";
  /** The workload or object, `shop/pgbouncer`. */
  readonly label: string;
  readonly pods: Moments;
  /** What each Pod opens, in words: `2 databases x (20 + 5)`, `pool 10 (HikariCP default)`. */
  readonly perPod: string;
  /** All of them at the peak: `3 poolers x 2 databases x (20 + 5)`. */
  readonly formula: string;
  /** `perPod` in numbers only: `2 x (20 + 5)`. */
  readonly numbers: string;
  /** Where the largest term stands. */
  readonly at: Place;
  /** The places of the terms, with what each contributes. */
  readonly terms: readonly { readonly message: string; readonly at: Place }[];
  /** Why there may be more; empty: all terms are in view. */
  readonly more: readonly string[];
  /** The pool is a library's default that nobody wrote. */
  readonly isByDefault: boolean;
  /** The peak comes from an autoscaler's maximum. */
  readonly isAutoscaled: boolean;
}

/** Somebody who connects, and of whom no number is in view. */
export interface UncountedRow {
  readonly role: "pooler" | "client";
  readonly label: string;
  readonly because: string;
  readonly at: Place;
  /** Its connections are another server's: the sum lacks nothing. */
  readonly isElsewhere?: true;
}

/** Who opens how many server connections to one database, computed once for the rule, `pool` and the hover. */
export interface ConnectionBudget extends Moments {
  readonly database: Database;
  /** max_connections minus reserved slots. */
  readonly limit: Fact<number>;
  /** `max_connections 100 - 3 reserved`. */
  readonly limitFormula: string;
  /** Slots of max_connections that only superusers get. */
  readonly reserved: number;
  /** A term is not in view: the sums are lower bounds. */
  readonly isLowerBound: boolean;
  readonly rows: readonly ConnectionRow[];
  readonly uncounted: readonly UncountedRow[];
}

/** Whose setting a `WhatIf` is asked about. */
export interface SettingOwner {
  readonly role: "pooler" | "client" | "database";
  readonly name: string;
}

/** A number to calculate with in place of the manifest's; undefined: the manifest's holds. */
export type WhatIf = (owner: SettingOwner, setting: string) => number | undefined;

/** The settings that a `WhatIf` may be asked about, by whose they are. */
export const whatIfSettings: Readonly<Record<SettingOwner["role"], readonly string[]>> = {
  pooler: ["replicas", "default_pool_size", "reserve_pool_size", "max_db_connections"],
  client: ["replicas", "pool"],
  database: ["max_connections"],
};

/** A number of the manifests that a `WhatIf` may replace. */
export interface OwnedNumber {
  readonly owner: SettingOwner;
  readonly setting: string;
  readonly fact: Fact<number>;
}

/** A setting that makes the sum fit, with the arithmetic: `default_pool_size 11 fits: 3 x 2 x (11 + 5) = 96`. */
export interface FittingSetting {
  readonly owner: SettingOwner;
  readonly setting: string;
  readonly value: number;
  readonly text: string;
}
