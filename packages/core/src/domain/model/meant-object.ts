import { namespacesAgree, namespacesAgreeAsWritten } from "../../kube/namespace.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import { closest } from "../../text/closest.ts";

/**
 * The object whose name was meant by one that no object in view has. undefined: one has that name, may get it when it is filled in, or
 * none is near.
 */
export function meantObject(name: string, from: Resource, objects: readonly Resource[]): Resource | undefined {
  const there = objects.filter((each) => namespacesAgree(each, from));
  if (hasPlaceholder(name) || there.some((each) => each.name === name || hasPlaceholder(each.name))) return undefined;
  const near = there.filter((each) => !each.isPartial && namespacesAgreeAsWritten(each, from));
  const meant = closest(
    name,
    near.map((each) => each.name),
    2,
  );
  return near.find((each) => each.name === meant);
}
