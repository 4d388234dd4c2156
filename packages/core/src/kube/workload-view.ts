import { own } from "../text/own.ts";
import type { Fact } from "../yaml/fact.ts";
import { known, unknown } from "../yaml/fact.ts";
import { keyOf, type YamlNode } from "../yaml/node.ts";
import type { Container } from "./container.ts";
import { ContainerView } from "./container-view.ts";
import type { FindObject } from "./mounted-files.ts";
import { integerFact } from "./placeholder.ts";
import type { Resource } from "./resource.ts";
import { readLabels } from "./selector.ts";
import type { Volume, VolumeSource, Workload } from "./workload.ts";

const templatePaths: Readonly<Record<string, readonly string[]>> = {
  Deployment: ["spec", "template"],
  StatefulSet: ["spec", "template"],
  DaemonSet: ["spec", "template"],
  ReplicaSet: ["spec", "template"],
  ReplicationController: ["spec", "template"],
  DeploymentConfig: ["spec", "template"],
  Rollout: ["spec", "template"],
  Job: ["spec", "template"],
  CronJob: ["spec", "jobTemplate", "spec", "template"],
  Pod: [],
};

/** The Pod template of an object that owns one. */
export function templateOf(kind: string, root: YamlNode): YamlNode | undefined {
  const path = own(templatePaths, kind);
  return path === undefined ? undefined : root.at(...path);
}

/** A workload whose containers and volumes are read when asked. */
export class WorkloadView implements Workload {
  readonly resource: Resource;
  readonly template: YamlNode;
  readonly podSpec: YamlNode;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly podAnnotations: Readonly<Record<string, string>>;
  readonly #find: FindObject;
  #containers: readonly Container[] | undefined;
  #volumes: readonly Volume[] | undefined;

  constructor(resource: Resource, template: YamlNode, podSpec: YamlNode, find: FindObject) {
    this.resource = resource;
    this.template = template;
    this.podSpec = podSpec;
    this.podLabels = readLabels(template.at("metadata", "labels"));
    this.podAnnotations = readLabels(template.at("metadata", "annotations"));
    this.#find = find;
  }

  get containers(): readonly Container[] {
    this.#containers ??= [
      ...(this.podSpec.at("initContainers")?.items() ?? []).map(
        (node) =>
          new ContainerView(node, node.string("restartPolicy") === "Always" ? "sidecar" : "init", this, this.#find),
      ),
      ...(this.podSpec.at("containers")?.items() ?? []).map(
        (node) => new ContainerView(node, "main", this, this.#find),
      ),
    ];
    return this.#containers;
  }

  get volumes(): readonly Volume[] {
    this.#volumes ??= readVolumes(this.resource, this.podSpec);
    return this.#volumes;
  }

  get replicas(): Fact<number> {
    const { kind, node } = this.resource;
    if (kind === "Pod" || kind === "CronJob") return known(1, keyOf(node.nearest("spec")));
    if (kind === "DaemonSet") return unknown(keyOf(node.nearest("spec")), "one Pod runs on each node");
    return integerFact(node, ["spec", kind === "Job" ? "parallelism" : "replicas"], 1);
  }
}

function readVolumes(resource: Resource, podSpec: YamlNode): readonly Volume[] {
  const templates =
    resource.kind === "StatefulSet" ? (resource.node.at("spec", "volumeClaimTemplates")?.items() ?? []) : [];
  const fromTemplates: Volume[] = templates.flatMap((node) => {
    const name = node.text("metadata", "name");
    return name === undefined
      ? []
      : [{ name, node, source: "claim-template" as const, sourceName: undefined, claimSpec: node.at("spec") }];
  });
  // A claim template hides a volume of its name: https://github.com/kubernetes/kubernetes/blob/v1.33.0/pkg/controller/statefulset/stateful_set_utils.go (updateStorage)
  const hidden = new Set(fromTemplates.map((volume) => volume.name));
  const plain = (podSpec.at("volumes")?.items() ?? []).flatMap((node) => {
    const name = node.text("name");
    return name === undefined || hidden.has(name) ? [] : [readVolume(name, node)];
  });
  return [...fromTemplates, ...plain];
}

function readVolume(name: string, node: YamlNode): Volume {
  const make = (source: VolumeSource, sourceName?: string, claimSpec?: YamlNode): Volume => ({
    name,
    node,
    source,
    sourceName,
    claimSpec,
  });
  if (node.at("persistentVolumeClaim") !== undefined)
    return make("claim", node.text("persistentVolumeClaim", "claimName"));
  if (node.at("ephemeral") !== undefined)
    return make("ephemeral-claim", undefined, node.at("ephemeral", "volumeClaimTemplate", "spec"));
  if (node.at("emptyDir") !== undefined)
    return make(node.string("emptyDir", "medium") === "Memory" ? "memory" : "empty-dir");
  if (node.at("hostPath") !== undefined) return make("host-path", node.text("hostPath", "path"));
  if (node.at("configMap") !== undefined) return make("config-map", node.text("configMap", "name"));
  if (node.at("secret") !== undefined) return make("secret", node.text("secret", "secretName"));
  if (node.at("projected") !== undefined) return make("projected");
  if (node.at("nfs") !== undefined) return make("nfs");
  if (node.at("csi") !== undefined) return make("csi");
  return make("unknown");
}
