import type { Fact } from "../yaml/fact.ts";
import type { YamlNode } from "../yaml/node.ts";
import type { Container } from "./container.ts";
import type { Resource } from "./resource.ts";

/** Where the bytes of a volume live. */
export type VolumeSource =
  | "claim-template" // volumeClaimTemplates of a StatefulSet: one claim a Pod
  | "claim" // persistentVolumeClaim: shared by all Pods of the workload
  | "ephemeral-claim" // deleted with the Pod
  | "empty-dir"
  | "memory" // emptyDir with medium: Memory
  | "host-path"
  | "nfs"
  | "config-map"
  | "secret"
  | "projected"
  | "csi"
  | "unknown";

/** A volume of a Pod, claim templates included (a template hides a volume of the same name, as the controller does). */
export interface Volume {
  readonly name: string;
  readonly node: YamlNode;
  readonly source: VolumeSource;
  /** The claim, ConfigMap or Secret it names. */
  readonly sourceName: string | undefined;
  /** The spec of the claim when it is written in this workload (claim template, ephemeral). */
  readonly claimSpec: YamlNode | undefined;
}

/** Whatever owns a Pod template: Deployment, StatefulSet, DaemonSet, ReplicaSet, Pod, Job, CronJob, … */
export interface Workload {
  readonly resource: Resource;
  /** The template (metadata + spec); the object itself for a Pod. */
  readonly template: YamlNode;
  readonly podSpec: YamlNode;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly podAnnotations: Readonly<Record<string, string>>;
  readonly containers: readonly Container[];
  readonly volumes: readonly Volume[];
  /** Pods at rest. One for a Pod and a Job. */
  readonly replicas: Fact<number>;
}
