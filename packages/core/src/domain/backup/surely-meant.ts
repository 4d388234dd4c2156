import { namespacesAgree, type Placed, sharesNamespace } from "../../kube/namespace.ts";
import type { Resource } from "../../kube/resource.ts";
import { groupBy } from "../../text/group-by.ts";
import type { Database } from "../model/database.ts";
import { identityOf } from "../model/names.ts";

/**
 * Those of the databases of all units that an object surely means: those of its own namespace, or the only one. Of namesakes none is sure.
 * @param placeOf the namespace of an object, which its kustomization may give it
 */
export function surelyMeant(
  fitting: readonly Database[],
  from: Resource,
  placeOf: (resource: Resource) => Placed,
): readonly Database[] {
  const place = placeOf(from);
  const near = fitting.filter(({ resource }) => namespacesAgree(placeOf(resource), place));
  const own = near.filter(({ resource }) => sharesNamespace(placeOf(resource), place));
  if (own.length === 0) return isOne(near) ? near : [];
  return [...groupBy(own, ({ resource: { kind, name } }) => [`${kind}/${name}`]).values()].filter(isOne).flat();
}

function isOne(databases: readonly Database[]): boolean {
  return new Set(databases.map(identityOf)).size === 1;
}
