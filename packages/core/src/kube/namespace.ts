import type { Resource } from "./resource.ts";

type Placed = Pick<Resource, "namespace">;

/** Whether two objects may lie in one namespace: equal, or one is not written and so decided by who applies it. */
export function namespacesAgree(a: Placed, b: Placed): boolean {
  return a.namespace === undefined || b.namespace === undefined || a.namespace === b.namespace;
}
