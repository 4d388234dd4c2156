import type { ResourceIndex } from "../../kube/resource-index.ts";
import { type Fact, known } from "../../yaml/fact.ts";
import type { Place } from "../../yaml/node.ts";
import type { Client } from "../model/client.ts";
import type { ConnectionRow, Moments, SettingOwner, UncountedRow, WhatIf } from "../model/connections.ts";
import type { Database } from "../model/database.ts";
import type { Pooler } from "../model/pooler.ts";
import type { Reach } from "../model/reach.ts";
import { type PodCounts, podsOf, type Running, surgeOf, surgeOfStrategy, withRunning } from "./pods.ts";

/** What the rows of one database are counted from. */
export interface RowContext {
  readonly database: Database;
  /** The clients of a pooler say which users it has pools for. */
  readonly clientsOf: (pooler: Pooler) => readonly Client[];
  readonly resources: ResourceIndex;
  readonly whatIf: WhatIf;
  readonly running?: Running | undefined;
}

/** A row, or why there is no number. */
export type Counted = ConnectionRow | UncountedRow;

/** The setting as a `WhatIf` has it, else as the manifest does. */
export function supposed<F extends Fact<number> | undefined>(
  whatIf: WhatIf,
  owner: SettingOwner,
  setting: string,
  fact: F,
  at: Place,
): F | Fact<number> {
  const value = whatIf(owner, setting);
  return value === undefined ? fact : known(value, fact?.at ?? at);
}

/** The connections of all Pods at each moment. */
export function momentsOf(pods: Moments, atRest: number, most: number): Moments {
  return { atRest: pods.atRest * atRest, peak: pods.peak * most, rollout: pods.rollout * most };
}

/** ` by default`, to follow a number that nobody wrote; else nothing. */
export function defaulted(fact: Fact<number> | undefined): string {
  return fact?.value !== undefined && fact.origin === "default" ? " by default" : "";
}

/** The Pods of a row, and what says how many they are. */
export interface SupposedPods {
  readonly counts: Moments;
  readonly term: { readonly message: string; readonly at: Place };
  readonly isAutoscaled: boolean;
}

/** The Pods as a `WhatIf` has them, else as the manifest does; undefined: not in view. */
export function supposedPods(
  pods: PodCounts,
  owner: SettingOwner,
  { whatIf }: RowContext,
  subject: Pooler | Client,
): SupposedPods | undefined {
  const replicas = whatIf(owner, "replicas");
  if (replicas !== undefined) {
    const surge =
      "routes" in subject ? surgeOfPooler(subject, replicas) : surgeOf(subject.container.workload, replicas);
    return {
      counts: { atRest: replicas, peak: replicas, rollout: replicas + surge },
      term: { message: `replicas: ${replicas}`, at: pods.rest.at },
      isAutoscaled: false,
    };
  }
  const { rest, peak, surge, isAutoscaled } = pods;
  if (rest.value === undefined || peak.value === undefined) return undefined;
  return {
    counts: { atRest: rest.value, peak: peak.value, rollout: peak.value + surge },
    term: {
      message: isAutoscaled ? `the autoscaler goes up to ${peak.value}` : `replicas: ${peak.value}`,
      at: peak.at,
    },
    isAutoscaled,
  };
}

export function podsOfPooler(pooler: Pooler, { resources, running, database }: RowContext): PodCounts {
  if (pooler.workload !== undefined) return podsOf(pooler.workload, resources, running);
  const { instances, resource } = pooler;
  const surge = surgeOfPooler(pooler, instances.value ?? 0);
  // The Pods of a database's own object are its servers, too.
  const now = resource === database.resource ? undefined : running?.(resource);
  return withRunning({ rest: instances, peak: instances, surge, isAutoscaled: false }, now);
}

function surgeOfPooler({ workload, operated }: Pooler, replicas: number): number {
  if (workload !== undefined) return surgeOf(workload, replicas);
  return operated?.strategy === "none" ? 0 : surgeOfStrategy(operated?.strategy, replicas);
}

/** Whether a host leads to the server whose limit is counted against, not past it to the standbys. */
export function leadsToPrimary(reaches: Reach, database: Database): boolean {
  return reaches.state === "database" && reaches.database === database && readersAt(reaches) === undefined;
}

/** Who answers the readers of a host; undefined: the primary. Of one instance, any is the primary. */
export function readersAt(reaches: Reach): "standbys" | "any" | undefined {
  if (reaches.state !== "database") return undefined;
  return reaches.readers === "any" && reaches.database.instances.value === 1 ? undefined : reaches.readers;
}
