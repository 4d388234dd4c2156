import { namespacesAgree } from "./namespace.ts";
import type { Resource } from "./resource.ts";

/** From where a name is read. */
export type Viewpoint = Pick<Resource, "namespace" | "document">;

/**
 * The object that a name means to who asks: of those whose namespace agrees the one in its own file, else in its folder, else the
 * nearest one; of equals the one with the very namespace, else the last, which kubectl applies last.
 */
export function nearestOf<T extends Viewpoint>(candidates: readonly T[] | undefined, from: Viewpoint): T | undefined {
  if (candidates === undefined) return undefined;
  if (candidates.length === 1) return candidates.find((only) => namespacesAgree(only, from));
  let best: T | undefined;
  let bestRank = -1;
  for (const candidate of candidates) {
    if (!namespacesAgree(candidate, from)) continue;
    const rank = 2 * nearness(candidate, from) + (candidate.namespace === from.namespace ? 1 : 0);
    if (rank >= bestRank) [best, bestRank] = [candidate, rank];
  }
  return best;
}

/**
 * Of objects with one kind and name in several files (environments, samples) those nearest to who asks: several where none is nearer.
 * Objects that have no namesake stay.
 */
export function nearestNamesakes<T extends { readonly resource: Resource }>(
  all: readonly T[],
  from: Viewpoint,
): readonly T[] {
  if (all.length < 2) return all;
  const nearest = new Map<string, number>();
  const keyOf = ({ resource: { kind, name } }: T): string => `${kind}/${name}`;
  for (const one of all) nearest.set(keyOf(one), Math.max(nearest.get(keyOf(one)) ?? -1, nearness(one.resource, from)));
  return all.filter((one) => nearness(one.resource, from) === nearest.get(keyOf(one)));
}

/** How many characters of their folders two files share; more than any folder for one file. */
function nearness(a: Viewpoint, b: Viewpoint): number {
  const [first, second] = [a.document.file.uri, b.document.file.uri];
  if (first === second) return Math.max(first.length, second.length) + 1;
  let shared = 0;
  for (let at = 0; at < first.length && first[at] === second[at]; at++) if (first[at] === "/") shared = at + 1;
  return shared;
}
