import { groupOf } from "../facts/kinds.ts";
import { namespacesAgree } from "../kube/namespace.ts";
import { hasPlaceholder } from "../kube/placeholder.ts";
import type { Resource } from "../kube/resource.ts";
import { append } from "../text/append.ts";
import { groupBy } from "../text/group-by.ts";

/** The objects of two sides, by identity. */
export interface Pairs {
  readonly both: readonly { readonly before: Resource; readonly after: Resource }[];
  readonly onlyBefore: readonly Resource[];
  readonly onlyAfter: readonly Resource[];
  /** Written more than once on a side, or in a namespace that only one side writes: which belongs to which is not known. */
  readonly ambiguous: readonly Resource[];
}

/** `apps/StatefulSet`; a kind of the core has no group before the slash. */
export function kindOf({ apiVersion, kind }: Resource): string {
  return `${groupOf(apiVersion)}/${kind}`;
}

const identityOf = (resource: Resource): string => `${kindOf(resource)}/${resource.namespace ?? ""}/${resource.name}`;

/** Pairs objects by group, kind, namespace and name. */
function pairResources(before: readonly Resource[], after: readonly Resource[]): Pairs {
  const old = groupBy(before, (each) => [identityOf(each)]);
  const young = groupBy(after, (each) => [identityOf(each)]);
  const both: { before: Resource; after: Resource }[] = [];
  const ambiguous: Resource[] = [];
  const left: Resource[] = [];
  const added: Resource[] = [];
  for (const [id, objects] of old) {
    const others = young.get(id) ?? [];
    const [one] = objects;
    const [other] = others;
    if (objects.length > 1 || others.length > 1) append(ambiguous, others.length > 0 ? others : objects);
    else if (one !== undefined && other !== undefined) both.push({ before: one, after: other });
    else if (one !== undefined) left.push(one);
  }
  for (const [id, objects] of young) if (!old.has(id)) append(objects.length > 1 ? ambiguous : added, objects);
  // Whoever applies it decides what is not written or filled in later: it may be the same object, or another.
  const unplaced = new Set([...unplacedIn(added, left), ...unplacedIn(left, added)]);
  return {
    both,
    onlyBefore: left.filter((each) => !unplaced.has(each)),
    onlyAfter: added.filter((each) => !unplaced.has(each)),
    ambiguous: [...ambiguous, ...unplaced],
  };
}

/** Those of which one of the others may be the same object. */
function unplacedIn(resources: readonly Resource[], others: readonly Resource[]): readonly Resource[] {
  const nameKey = (each: Resource): string => `${kindOf(each)}/${hasPlaceholder(each.name) ? "" : each.name}`;
  const byName = groupBy(others, (each) => [nameKey(each)]);
  return resources.filter((resource) => {
    const namesakes = byName.get(nameKey(resource)) ?? [];
    const open = byName.get(`${kindOf(resource)}/`) ?? [];
    const mayBe = (other: Resource): boolean => namespacesAgree(other, resource);
    return hasPlaceholder(resource.name) || namesakes.some(mayBe) || open.some(mayBe);
  });
}

/** Pairs each part of one side with the part of the same name, and then what is left of all of them. */
export function pairParts(before: Parts, after: Parts): Pairs {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const parts = names.map((name) => pairResources(before.get(name) ?? [], after.get(name) ?? []));
  const rest = pairResources(
    parts.flatMap(({ onlyBefore }) => onlyBefore),
    parts.flatMap(({ onlyAfter }) => onlyAfter),
  );
  return {
    ...rest,
    both: [...parts.flatMap(({ both }) => both), ...rest.both],
    ambiguous: [...parts.flatMap(({ ambiguous }) => ambiguous), ...rest.ambiguous],
  };
}

/** What is applied together, by a name that both sides have for it. */
type Parts = ReadonlyMap<string, readonly Resource[]>;
