import type { YamlNode } from "../yaml/node.ts";
import type { Resource } from "./resource.ts";

/** What makes an object a hook: when Helm or Argo CD applies it. */
export interface ReleaseHook {
  readonly by: "Helm" | "Argo CD";
  /** The moments named; Helm's in small letters, as it reads them. */
  readonly moments: readonly string[];
  /** The annotation's value. */
  readonly node: YamlNode;
}

/** Where an object has both annotations, Argo CD goes by its own. https://argo-cd.readthedocs.io/en/stable/user-guide/helm/#helm-hooks */
export function hookOf({ node }: Resource): ReleaseHook | undefined {
  const annotations = node.at("metadata", "annotations");
  const argo = annotations?.at("argocd.argoproj.io/hook");
  const found = argo ?? annotations?.at("helm.sh/hook");
  if (found === undefined) return undefined;
  const by = argo === undefined ? "Helm" : "Argo CD";
  const words = (found.text() ?? "").split(",").map((word) => word.trim());
  const moments = by === "Helm" ? words.map((word) => word.toLowerCase()) : words;
  return { by, moments: moments.filter(Boolean), node: found };
}

/**
 * When Helm deletes a hook, as its annotation says; undefined: it says nothing, which means before-hook-creation. An empty text is a
 * policy that Helm does not know.
 * https://github.com/helm/helm/blob/v3.18.0/pkg/releaseutil/manifest_sorter.go
 */
export function deletePoliciesOf({ node }: Resource): readonly string[] | undefined {
  const text = node.at("metadata", "annotations")?.at("helm.sh/hook-delete-policy")?.text();
  return text?.split(",").map((word) => word.trim().toLowerCase());
}

/**
 * The moments that each knows; another one is skipped with its object. Case counts for Argo CD alone.
 * https://github.com/helm/helm/blob/v3.18.0/pkg/releaseutil/manifest_sorter.go (`crd-install` was Helm 2's),
 * https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
 */
export const hookMoments: Readonly<Record<ReleaseHook["by"], readonly string[]>> = {
  Helm: [
    "pre-install",
    "post-install",
    "pre-upgrade",
    "post-upgrade",
    "pre-delete",
    "post-delete",
    "pre-rollback",
    "post-rollback",
    "test",
    "test-success",
    "test-failure",
    "crd-install",
  ],
  "Argo CD": ["PreSync", "Sync", "PostSync", "SyncFail", "Skip", "PreDelete", "PostDelete"],
};

/** The wave in which Argo CD applies an object: 0 where none is written, undefined where it is no number. */
export function syncWaveOf({ annotations }: Resource): number | undefined {
  const text = annotations["argocd.argoproj.io/sync-wave"] ?? "0";
  return /^[+-]?\d+$/.test(text.trim()) ? Number(text) : undefined;
}
