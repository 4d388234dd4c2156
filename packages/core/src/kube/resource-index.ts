import type { Kind } from "../facts/kinds.ts";
import type { Viewpoint } from "./nearest.ts";
import type { Resource } from "./resource.ts";
import type { Workload } from "./workload.ts";

/** Answers Kubernetes questions about a set of objects from indexes, so that rules need not loop. */
export interface ResourceIndex extends Iterable<Resource> {
  /** Objects in view. */
  readonly size: number;
  ofKind(kind: Kind): readonly Resource[];
  /** By name, as `from` would mean it: in its namespace (or one is not written), the nearest file first. */
  find(kind: Kind, name: string, from: Viewpoint): Resource | undefined;
  /** Workloads whose Pods a Service, PodDisruptionBudget, … selects. */
  selectedBy(from: Resource): readonly Workload[];
  /** Services, budgets, … whose selector matches the Pods of a workload. */
  selecting(kind: Kind, workload: Workload): readonly Resource[];
  /** Autoscalers, … whose `scaleTargetRef` or `targetRef` names the object. */
  targeting(kind: Kind, target: Resource): readonly Resource[];
}
