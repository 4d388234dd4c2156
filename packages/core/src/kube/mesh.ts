import type { ResourceIndex } from "./resource-index.ts";
import type { Workload } from "./workload.ts";

/** Whether Istio adds its proxy to the Pods, by what their labels and their namespace in view say. */
export function isInjected({ podLabels, podAnnotations, resource }: Workload, resources: ResourceIndex): boolean {
  const own = podLabels["sidecar.istio.io/inject"] ?? podAnnotations["sidecar.istio.io/inject"];
  if (own !== undefined) return own === "true";
  if (podLabels["istio.io/rev"] !== undefined) return true;
  const namespace =
    resource.namespace === undefined
      ? undefined
      : resources.ofKind("Namespace").find(({ name }) => name === resource.namespace);
  return namespace?.labels["istio-injection"] === "enabled" || namespace?.labels["istio.io/rev"] !== undefined;
}
