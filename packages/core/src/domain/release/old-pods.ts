import type { ResourceIndex } from "../../kube/resource-index.ts";
import type { Workload } from "../../kube/workload.ts";
import { podsOf } from "../connections/pods.ts";

/** Pods of the previous release, and how many of them a rolling update replaces at a time. */
export interface OldPods {
  readonly pods: number;
  /** undefined: it is not known. */
  readonly atATime: number | undefined;
}

/** undefined: how many Pods there are is not known. https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment */
export function oldPodsOf(workload: Workload, resources: ResourceIndex): OldPods | undefined {
  const { rest, surge } = podsOf(workload, resources);
  const pods = rest.value;
  if (pods === undefined) return undefined;
  const { kind, node } = workload.resource;
  if (kind !== "Deployment") return { pods, atATime: kind === "StatefulSet" ? 1 : undefined };
  const text = node.text("spec", "strategy", "rollingUpdate", "maxUnavailable") ?? "25%";
  const percent = /^(\d{1,3})%$/.exec(text);
  const unavailable = percent === null ? Number(text) : Math.floor((Number(percent[1]) * pods) / 100);
  const atATime = surge + unavailable;
  return { pods, atATime: Number.isInteger(atATime) && atATime > 0 ? Math.min(atATime, pods) : undefined };
}
