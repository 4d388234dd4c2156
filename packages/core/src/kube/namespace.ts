import { hasPlaceholder } from "./placeholder.ts";
import type { Resource } from "./resource.ts";

/** What is in a namespace. */
export type Placed = Pick<Resource, "namespace">;

/** Whether two objects may lie in one namespace: equal, or one is not written or filled in later, and so decided by who applies it. */
export function namespacesAgree(a: Placed, b: Placed): boolean {
  const [one, other] = [a.namespace, b.namespace];
  return one === undefined || other === undefined || one === other || hasPlaceholder(one) || hasPlaceholder(other);
}

/** The same where nothing is filled in later: what is said of the one because of the other must not rest on a placeholder. */
export function namespacesAgreeAsWritten(a: Placed, b: Placed): boolean {
  return namespacesAgree(a, b) && !hasPlaceholder(`${a.namespace ?? ""} ${b.namespace ?? ""}`);
}

/** Whether one namespace is written for both. */
export function sharesNamespace({ namespace }: Placed, other: Placed): boolean {
  return namespace !== undefined && !hasPlaceholder(namespace) && namespace === other.namespace;
}
