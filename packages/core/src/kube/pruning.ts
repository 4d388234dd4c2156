import type { Resource } from "./resource.ts";

/**
 * What keeps a GitOps tool or Helm from deleting an object that is no longer in its text. `Delete=false` is another thing: it protects
 * when the Application itself is deleted. https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#no-prune-resources
 */
export function isKeptFromPruning({ annotations }: Resource): boolean {
  return (
    /(^|,)\s*Prune=(?:false|confirm)\b/i.test(annotations["argocd.argoproj.io/sync-options"] ?? "") ||
    /^disabled$/i.test(annotations["kustomize.toolkit.fluxcd.io/prune"] ?? "") ||
    annotations["helm.sh/resource-policy"] === "keep"
  );
}
