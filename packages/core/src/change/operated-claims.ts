import { deletesClaims } from "../domain/operators/deletion.ts";
import { isKeptFromPruning } from "../kube/pruning.ts";
import type { Resource } from "../kube/resource.ts";
import type { Side } from "./change.ts";
import { sizeStep, sizesOf } from "./claim-size.ts";
import type { ClaimFate } from "./claims.ts";
import { newRefusals } from "./operator-refusals.ts";
import type { Acceptance } from "./refusals.ts";
import { stepOf } from "./version-step.ts";

/**
 * Claims that an operator makes for the instances of a database, one for each: it gives them names of its own, often with numbers that
 * nobody can foresee.
 */
export interface OperatedClaims {
  readonly owner: Resource;
  /** `data`, `WAL`, `tablespace fast` */
  readonly volume: string;
  readonly count: number;
  readonly fate: ClaimFate["fate"];
  /** What deletes them: `CloudNativePG deletes a Cluster's claims with it` */
  readonly because?: string;
}

/** What becomes of them when the new text is applied, and what is only in the old one is deleted; empty: there are none, or it is not known. */
export function operatedClaims(
  before: Side | undefined,
  after: Side | undefined,
  acceptance: Acceptance,
): readonly OperatedClaims[] {
  if ([before, after].some((side) => side !== undefined && !isJudged(side))) return [];
  if (before === undefined) return after === undefined ? [] : rowsOf(after, after.database?.instances.value, "new");
  const from = before.database?.instances.value;
  if (after === undefined) return isKeptFromPruning(before.resource) ? [] : removed(before, from);
  const to = after.database?.instances.value;
  if (from === undefined || to === undefined) return [];
  if (isRefused(before, after, acceptance)) return rowsOf(before, from, "kept");
  const [old, young] = [before, after].map(sizesOf);
  const had = new Set(volumesOf(before));
  const stays = volumesOf(after).flatMap((volume) => {
    const fate = !had.has(volume)
      ? "new"
      : sizeStep(old?.get(volume), young?.get(volume)) === "grows"
        ? "grown"
        : "kept";
    return rowsOf(after, Math.min(from, to), fate, undefined, [volume]);
  });
  const { title, deletesClaimsOfRemoved } = after.database?.operator ?? {};
  const goes =
    deletesClaimsOfRemoved === true ? rowsOf(after, from - to, "deleted", `${title} removes their instances`) : [];
  return [...stays, ...rowsOf(after, to - from, "new"), ...goes];
}

function isJudged({ resource, database }: Side): boolean {
  const isWhole = !resource.isPartial && !resource.isUnsettled;
  return database?.operator !== undefined && database.durability === "durable" && isWhole;
}

function isRefused(before: Side, after: Side, { refusals }: Acceptance): boolean {
  const [from, to] = [before.database, after.database];
  const changes = to?.operator?.refusedChanges?.(before.resource.node, after.resource.node) ?? [];
  const step = from === undefined || to === undefined ? undefined : stepOf(from, to);
  const old = sizesOf(before);
  const shrinks = [...sizesOf(after)].some(([volume, size]) => sizeStep(old.get(volume), size) === "shrinks");
  return [...refusals, ...changes, ...newRefusals(before, after)].length > 0 || step?.verdict === "refused" || shrinks;
}

function removed(side: Side, count: number | undefined): readonly OperatedClaims[] {
  const because = side.database === undefined ? undefined : deletesClaims(side.database);
  return rowsOf(side, count, because === undefined ? "left-behind" : "deleted", because);
}

function volumesOf(side: Side): readonly string[] {
  return [...new Set(["data", ...sizesOf(side).keys()])];
}

function rowsOf(
  side: Side,
  count: number | undefined,
  fate: OperatedClaims["fate"],
  because?: string,
  volumes = volumesOf(side),
): readonly OperatedClaims[] {
  if (count === undefined || count <= 0) return [];
  const why = because === undefined ? {} : { because };
  return volumes.map((volume) => ({ owner: side.resource, volume, count, fate, ...why }));
}
