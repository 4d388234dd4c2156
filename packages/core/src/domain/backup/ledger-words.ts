import type { Engine } from "../../facts/engines.ts";
import { ageText, between } from "../../kube/ages.ts";
import { formatSeconds } from "../../kube/duration.ts";
import type { Fact } from "../../yaml/fact.ts";
import { type LastSuccess, type LedgerRow, takenOnce } from "../model/backup-ledger.ts";
import type { Retention, Whereabouts } from "../model/backup-terms.ts";

// The cells of the ledger as people read them; `?` is unknown.

/** `logical`, `WAL`: a stream of changes is called what the engine calls it. */
export function methodWord(method: LedgerRow["method"], engine: Engine): string {
  if (method === "wal-archive") return engine === "mongodb" ? "oplog" : engine === "postgresql" ? "WAL" : "binlog";
  return methods[method];
}

const methods: Readonly<Record<Exclude<LedgerRow["method"], "wal-archive">, string>> = {
  dump: "logical",
  physical: "physical",
  "volume-snapshot": "snapshot",
  "cluster-backup": "volumes",
};

export function recoveryWord(fact: Fact<number>): string {
  if (fact.value !== undefined) return timeWord(fact.value);
  return "because" in fact && fact.because === takenOnce ? "once" : "?";
}

/** `5 min`, `24 h`, `14 d`. */
export function timeWord(seconds: number): string {
  if (seconds >= 2 * 86_400 && seconds % 86_400 === 0) return `${seconds / 86_400} d`;
  if (seconds >= 3600 && seconds % 3600 === 0) return `${seconds / 3600} h`;
  return seconds >= 60 && seconds % 60 === 0 ? `${seconds / 60} min` : formatSeconds(seconds);
}

export function retentionWord({ value }: Fact<Retention>): string {
  if (value === undefined) return "?";
  if (value.kind === "all") return "all";
  return value.kind === "time" ? timeWord(value.seconds) : `${value.copies} ${value.copies === 1 ? "copy" : "copies"}`;
}

export function whereWord({ value }: Fact<Whereabouts>): string {
  return value === undefined ? "?" : places[value];
}

const places: Readonly<Record<Whereabouts, string>> = {
  pod: "in its Pod",
  "data-volume": "data volume",
  node: "one node",
  snapshot: "same storage",
  "same-class": "same class",
  cluster: "same cluster",
  "off-site": "off site",
};

/** `3 hours ago`, `now` of an archive, `never`; `?` where the cluster does not say it. */
export function successWord({ value }: Fact<LastSuccess>, readAt: string): string {
  if (value === undefined) return "?";
  if (value.kind !== "ended") return value.kind === "never" ? "never" : "now";
  const age = between(value.time, readAt);
  return age === undefined ? "?" : age < 60_000 ? "just now" : `${ageText(age)} ago`;
}

/** How many kinds a sentence can bear. */
const fewKinds = 3;

/** `CronJob could not be read`: kinds of which nobody can say that there is none. */
export function hiddenText(kinds: readonly string[]): string {
  const more = kinds.length - fewKinds;
  const named = kinds.slice(0, fewKinds).join(", ");
  return `${named}${more <= 0 ? "" : ` and ${more} more ${more === 1 ? "kind" : "kinds"}`} could not be read`;
}
