import { hasPlaceholder } from "../kube/placeholder.ts";
import { parseQuantity } from "../kube/quantity.ts";
import type { Resource } from "../kube/resource.ts";

/** What follows from two values of one field; unknown: somebody fills in a part of one of them later. */
export type Comparison = "same" | "different" | "unknown";

/**
 * Compares two values the way the API server does: `10Gi` is `10240Mi`, the order of keys means nothing, an empty map is none but for
 * the selector of a claim template. `counts`: an empty selector of anything is not the same as none.
 */
export function compare(before: unknown, after: unknown, empty: "is-none" | "counts" = "is-none"): Comparison {
  // Nearly always: what is written alike needs not be brought into one form first.
  if (JSON.stringify(before) === JSON.stringify(after)) return "same";
  const one = JSON.stringify(canonical(before, [], empty) ?? null);
  const other = JSON.stringify(canonical(after, [], empty) ?? null);
  if (one === other) return "same";
  return hasPlaceholder(one) || hasPlaceholder(other) ? "unknown" : "different";
}

/** Of metadata: what a server or kustomize adds for itself. */
const bookkeeping: ReadonlySet<string> = new Set([
  "creationTimestamp",
  "resourceVersion",
  "uid",
  "generation",
  "managedFields",
  "selfLink",
]);
const writtenByTools = /^(?:internal\.)?config\.kubernetes\.io\/|^kubectl\.kubernetes\.io\/last-applied-configuration$/;

/** What somebody wants of an object, without what a server or a tool noted on it. */
export function contentOf({ node }: Resource): unknown {
  const { status: _, metadata, ...rest } = fieldsOf(node.value);
  const { annotations, ...others } = fieldsOf(metadata);
  const kept = Object.entries(fieldsOf(annotations)).filter(([name]) => !writtenByTools.test(name));
  return {
    ...rest,
    metadata: {
      ...Object.fromEntries(Object.entries(others).filter(([name]) => !bookkeeping.has(name))),
      ...(kept.length === 0 ? {} : { annotations: Object.fromEntries(kept) }),
    },
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

const inList = "[]";

/** undefined: nothing is left of it. */
function canonical(value: unknown, path: readonly string[], empty: "is-none" | "counts"): unknown {
  if (value === null || value === undefined) return undefined;
  if (Array.isArray(value)) {
    const items = value.map((item) => canonical(item, [...path, inList], empty) ?? null);
    return items.length === 0 && empty === "is-none" ? undefined : items;
  }
  if (typeof value === "object") {
    const below = path.join(".");
    const entries = Object.entries(value).flatMap(([key, each]) => {
      // The server overwrites these in a claim template, and fills in the volumeMode.
      if (below === inList && "spec" in value && ["apiVersion", "kind", "status"].includes(key)) return [];
      if (below === `${inList}.metadata` && key === "creationTimestamp") return [];
      const isSelector = below === `${inList}.spec` && key === "selector" && each !== null;
      const kept = canonical(each, [...path, key], empty) ?? (isSelector ? {} : undefined);
      const isDefault = below === `${inList}.spec` && key === "volumeMode" && kept === "Filesystem";
      return kept === undefined || isDefault ? [] : [[key, kept] as const];
    });
    entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return entries.length === 0 && empty === "is-none" ? undefined : Object.fromEntries(entries);
  }
  const isQuantity = path.at(-3) === "resources" && (path.at(-2) === "requests" || path.at(-2) === "limits");
  const amount = isQuantity ? parseQuantity(String(value)) : undefined;
  return amount === undefined ? value : Math.round(amount * 1000) / 1000;
}
