import type { Resource } from "../kube/resource.ts";

/** The objects of two sides, by identity. */
export interface Pairs {
  readonly both: readonly { readonly before: Resource; readonly after: Resource }[];
  readonly onlyBefore: readonly Resource[];
  readonly onlyAfter: readonly Resource[];
  /** Written more than once on a side, or in a namespace that only one side writes: which belongs to which is not known. */
  readonly ambiguous: readonly Resource[];
}

/** The API group of an object; empty for the core's. */
export function groupOf({ apiVersion }: Resource): string {
  return apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
}

const nameKey = (resource: Resource): string => `${groupOf(resource)}/${resource.kind}/${resource.name}`;
const key = (resource: Resource): string => `${nameKey(resource)}/${resource.namespace ?? ""}`;

/** Pairs objects by group, kind, namespace and name. */
export function pairResources(before: readonly Resource[], after: readonly Resource[]): Pairs {
  const old = grouped(before, key);
  const young = grouped(after, key);
  const both: { before: Resource; after: Resource }[] = [];
  const ambiguous: Resource[] = [];
  const left: Resource[] = [];
  const added: Resource[] = [];
  for (const [id, objects] of old) {
    const others = young.get(id) ?? [];
    const [one] = objects;
    const [other] = others;
    if (objects.length > 1 || others.length > 1) ambiguous.push(...(others.length > 0 ? others : objects));
    else if (one !== undefined && other !== undefined) both.push({ before: one, after: other });
    else if (one !== undefined) left.push(one);
  }
  for (const [id, objects] of young) if (!old.has(id)) (objects.length > 1 ? ambiguous : added).push(...objects);
  // Whoever applies it decides the namespace that is not written: it may be the same object, or another.
  const isUnplaced = (resource: Resource, others: ReadonlyMap<string, readonly Resource[]>): boolean =>
    (others.get(nameKey(resource)) ?? []).some(
      ({ namespace }) => (namespace === undefined) !== (resource.namespace === undefined),
    );
  const leftByName = grouped(left, nameKey);
  const addedByName = grouped(added, nameKey);
  return {
    both,
    onlyBefore: left.filter((each) => !isUnplaced(each, addedByName)),
    onlyAfter: added.filter((each) => !isUnplaced(each, leftByName)),
    ambiguous: [...ambiguous, ...added.filter((each) => isUnplaced(each, leftByName))],
  };
}

function grouped(
  resources: readonly Resource[],
  by: (resource: Resource) => string,
): ReadonlyMap<string, readonly Resource[]> {
  const groups = new Map<string, Resource[]>();
  for (const resource of resources) {
    const group = groups.get(by(resource));
    if (group === undefined) groups.set(by(resource), [resource]);
    else group.push(resource);
  }
  return groups;
}
