import type { ResourceIndex } from "../../kube/resource-index.ts";
import type { Workload } from "../../kube/workload.ts";
import type { Fact } from "../../yaml/fact.ts";
import type { YamlNode } from "../../yaml/node.ts";

/** How many Pods a workload has at rest, at most, and beyond that during a rollout. */
export interface PodCounts {
  readonly rest: Fact<number>;
  /** The most Pods an autoscaler may make of the workload, else its replicas. */
  readonly peak: Fact<number>;
  readonly surge: number;
}

export function podsOf(workload: Workload, resources: ResourceIndex): PodCounts {
  const rest = workload.replicas;
  const autoscaler =
    resources.targeting("HorizontalPodAutoscaler", workload.resource)[0] ??
    resources.targeting("ScaledObject", workload.resource)[0];
  const node = autoscaler?.node.at("spec", "maxReplicas") ?? autoscaler?.node.at("spec", "maxReplicaCount");
  const most = node?.integer();
  const peak: Fact<number> =
    node === undefined || most === undefined ? rest : { value: most, at: node, origin: "written" };
  return { rest, peak, surge: surgeOf(workload, peak.value ?? 1) };
}

/** Pods beyond the replicas while the workload rolls: only a Deployment starts new ones before it ends old ones. */
export function surgeOf(workload: Workload, replicas: number): number {
  const { kind, node } = workload.resource;
  return kind === "Deployment" ? surgeOfStrategy(node.at("spec", "strategy"), replicas) : 0;
}

/** maxSurge of a Deployment's strategy, 25 % by default, rounded up. https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#max-surge */
export function surgeOfStrategy(strategy: YamlNode | undefined, replicas: number): number {
  if (strategy?.string("type") === "Recreate") return 0;
  const text = strategy?.text("rollingUpdate", "maxSurge") ?? "25%";
  const percent = /^(\d+)%$/.exec(text);
  return percent === null ? Number(text) || 0 : Math.ceil((Number(percent[1]) * replicas) / 100);
}
