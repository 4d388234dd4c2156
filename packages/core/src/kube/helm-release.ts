import { namespacesAgree } from "./namespace.ts";
import type { Resource } from "./resource.ts";

/** Whether an object says that Helm installed or renders it. https://helm.sh/docs/chart_best_practices/labels/ */
export function isManagedByHelm({ labels, annotations }: Resource): boolean {
  return (
    labels["app.kubernetes.io/managed-by"] === "Helm" ||
    labels.heritage === "Helm" ||
    annotations["meta.helm.sh/release-name"] !== undefined
  );
}

/** Whether two objects may be of one release, as far as they name it. */
export function mayShareRelease(a: Resource, b: Resource): boolean {
  return releaseOf(a) === releaseOf(b) && namespacesAgree(a, b);
}

function releaseOf({ labels }: Resource): string | undefined {
  return labels["app.kubernetes.io/instance"] ?? labels.release;
}
