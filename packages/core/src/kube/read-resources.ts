import { isKnownKind } from "../facts/kinds.ts";
import type { ManifestDocument } from "../yaml/document.ts";
import type { YamlNode } from "../yaml/node.ts";
import type { FindObject } from "./mounted-files.ts";
import { namespacesAgree } from "./namespace.ts";
import type { Resource, ResourceRef } from "./resource.ts";
import { type Labels, readLabels } from "./selector.ts";
import type { Workload } from "./workload.ts";
import { templateOf, WorkloadView } from "./workload-view.ts";

/** What the project knows of a unit's files. */
export interface ReadContext {
  /** A kustomization lists the file as a patch. */
  isPatchFile(uri: string): boolean;
  /** A patch in view names the object. */
  isPatched(ref: ResourceRef): boolean;
}

/** The objects of a unit's documents; items of `List` and OpenShift `Template` are objects of their own. */
export function readResources(documents: readonly ManifestDocument[], context: ReadContext): readonly Resource[] {
  const resources: Resource[] = [];
  const configuration = new Map<string, Resource[]>();
  const finder =
    (from: ResourceRef): FindObject =>
    (kind, name) =>
      configuration.get(`${kind}/${name}`)?.find((object) => namespacesAgree(object, from) && !object.isPartial);
  for (const document of documents) {
    if (document.root === undefined) continue;
    for (const node of objectsOf(document.root)) {
      const resource = readResource(node, document, context, finder);
      if (resource === undefined) continue;
      resources.push(resource);
      if (resource.kind === "ConfigMap" || resource.kind === "Secret") {
        const key = `${resource.kind}/${resource.name}`;
        configuration.set(key, [...(configuration.get(key) ?? []), resource]);
      }
    }
  }
  return resources;
}

function objectsOf(root: YamlNode): readonly YamlNode[] {
  const kind = root.string("kind");
  if (kind === undefined) return [];
  if (kind === "Template" && root.at("objects") !== undefined)
    return root.at("objects")?.items().flatMap(objectsOf) ?? [];
  if (kind.endsWith("List") && root.at("items") !== undefined)
    return root.at("items")?.items().flatMap(objectsOf) ?? [];
  return [root];
}

function readResource(
  node: YamlNode,
  document: ManifestDocument,
  context: ReadContext,
  finder: (from: ResourceRef) => FindObject,
): Resource | undefined {
  const kind = node.string("kind");
  const apiVersion = node.string("apiVersion");
  if (kind === undefined || apiVersion === undefined || !isKnownKind(kind, apiVersion)) return undefined;
  const name = node.text("metadata", "name") ?? node.text("metadata", "generateName") ?? "";
  const namespace = node.text("metadata", "namespace");
  return new ResourceView(
    { apiVersion, kind, namespace: namespace === "" ? undefined : namespace, name },
    node,
    document,
    context,
    finder,
  );
}

/** An object whose labels and workload are read when asked: most objects are never asked. */
class ResourceView implements Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly node: YamlNode;
  readonly document: ManifestDocument;
  readonly isPartial: boolean;
  readonly isPatched: boolean;
  readonly #finder: (from: ResourceRef) => FindObject;
  #labels: Labels | undefined;
  #annotations: Labels | undefined;
  #workload: Workload | undefined | "none";

  constructor(
    ref: ResourceRef,
    node: YamlNode,
    document: ManifestDocument,
    context: ReadContext,
    finder: (from: ResourceRef) => FindObject,
  ) {
    this.apiVersion = ref.apiVersion;
    this.kind = ref.kind;
    this.namespace = ref.namespace;
    this.name = ref.name;
    this.node = node;
    this.document = document;
    this.isPartial =
      document.state !== "whole"
        ? document.root === undefined
        : context.isPatchFile(document.file.uri) || isFragment(ref.kind, node);
    this.isPatched = context.isPatched(ref);
    this.#finder = finder;
  }

  get labels(): Labels {
    this.#labels ??= readLabels(this.node.at("metadata", "labels"));
    return this.#labels;
  }

  get annotations(): Labels {
    this.#annotations ??= readLabels(this.node.at("metadata", "annotations"));
    return this.#annotations;
  }

  get workload(): Workload | undefined {
    if (this.#workload === undefined) {
      const template = templateOf(this.kind, this.node);
      const podSpec = template?.at("spec");
      this.#workload =
        template === undefined || podSpec === undefined
          ? "none"
          : new WorkloadView(this, template, podSpec, this.#finder(this));
    }
    return this.#workload === "none" ? undefined : this.#workload;
  }
}

/** An object that cannot be whole: a patch, a values fragment, a test's assertion. */
function isFragment(kind: string, node: YamlNode): boolean {
  if (node.at("metadata", "name") === undefined && node.at("metadata", "generateName") === undefined)
    return kind !== "Kustomization";
  if (node.at("$patch") !== undefined) return true;
  const template = templateOf(kind, node);
  if (kind === "Pod" || template !== undefined) {
    const containers = template?.at("spec", "containers")?.items() ?? [];
    return containers.length === 0 || containers.every((container) => container.at("image") === undefined);
  }
  switch (kind) {
    case "Deployment":
    case "StatefulSet":
    case "DaemonSet":
    case "ReplicaSet":
    case "Job":
    case "CronJob":
    case "Rollout":
      return true;
    case "Service":
      return (
        node.at("spec", "ports") === undefined &&
        node.at("spec", "externalName") === undefined &&
        node.string("spec", "clusterIP") !== "None"
      );
    case "PersistentVolumeClaim":
      return node.at("spec", "accessModes") === undefined && node.at("spec", "resources") === undefined;
    case "Cluster":
    case "Pooler":
    case "postgresql":
    case "PostgresCluster":
      return node.at("spec") === undefined;
    default:
      return false;
  }
}
