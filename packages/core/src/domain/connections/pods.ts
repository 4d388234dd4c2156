import type { Resource } from "../../kube/resource.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import type { Workload } from "../../kube/workload.ts";
import type { Fact } from "../../yaml/fact.ts";
import type { YamlNode } from "../../yaml/node.ts";

/** How many Pods a workload has at rest, at most, and beyond that during a rollout. */
export interface PodCounts {
  /** Of a cluster: those that run now. */
  readonly rest: Fact<number>;
  /** The most Pods an autoscaler may make of the workload, else its replicas. */
  readonly peak: Fact<number>;
  readonly surge: number;
  /** `peak` is an autoscaler's. */
  readonly isAutoscaled: boolean;
}

/** The Pods of an object that run now; undefined: it was not read from a cluster, or nothing there says it. */
export type Running = (resource: Resource) => Fact<number> | undefined;

export function podsOf(workload: Workload, resources: ResourceIndex, running?: Running): PodCounts {
  const autoscaler =
    resources.targeting("HorizontalPodAutoscaler", workload.resource)[0] ??
    resources.targeting("ScaledObject", workload.resource)[0];
  const node = autoscaler?.node.at("spec", "maxReplicas") ?? autoscaler?.node.at("spec", "maxReplicaCount");
  const most = node?.integer();
  const isAutoscaled = node !== undefined && most !== undefined;
  const peak: Fact<number> = isAutoscaled ? { value: most, at: node, origin: "written" } : workload.replicas;
  const counts = { rest: workload.replicas, peak, surge: surgeOf(workload, peak.value ?? 1), isAutoscaled };
  return withRunning(counts, running?.(workload.resource));
}

/** The same with the Pods that run now; in the middle of a rollout they are more than the replicas. */
export function withRunning(counts: PodCounts, now: Fact<number> | undefined): PodCounts {
  if (now?.value === undefined) return counts;
  const { peak, surge, isAutoscaled } = counts;
  if (peak.value !== undefined && now.value <= peak.value) return { ...counts, rest: now };
  const beyond = peak.value === undefined ? 0 : Math.max(0, peak.value + surge - now.value);
  return { rest: now, peak: now, surge: beyond, isAutoscaled };
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
