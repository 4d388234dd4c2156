import { isKnownKind } from "../facts/kinds.ts";
import { append } from "../text/append.ts";
import type { ManifestDocument } from "../yaml/document.ts";
import type { YamlNode } from "../yaml/node.ts";
import { objectsOfReleases, releaseKinds } from "./charts/index.ts";
import type { FindObject } from "./mounted-files.ts";
import { nearestOf } from "./nearest.ts";
import type { Resource, ResourceRef } from "./resource.ts";
import { type Labels, readLabels } from "./selector.ts";
import { objectsOfTemplate } from "./template-parameters.ts";
import type { Workload } from "./workload.ts";
import { templateOf, WorkloadView } from "./workload-view.ts";

/** What the project knows of a unit's files. */
export interface ReadContext {
  readonly unit: string;
  /** The file holds parts of objects: patches, a component that nothing includes. */
  holdsParts(uri: string): boolean;
  /** The object as it is applied: the same node where nothing in view changes it. */
  apply(object: YamlNode, uri: string): YamlNode | "deleted" | "unknown";
  /** Told of a document whose objects could not be read because of a defect of ours: it is passed over. */
  onCrash?(error: unknown, document: ManifestDocument): void;
}

/**
 * The objects of a unit's documents; items of `List` and OpenShift `Template` are objects of their own, and so is what charts whose values
 * are read make of a release.
 */
export function readResources(documents: readonly ManifestDocument[], context: ReadContext): readonly Resource[] {
  const resources: Resource[] = [];
  const configurationDocuments = documents.filter(mayHoldConfiguration);
  const configuration = new Map<string, Resource[]>();
  const finder =
    (from: Resource): FindObject =>
    (kind, name) =>
      nearestOf(
        configuration.get(`${kind}/${name}`)?.filter((object) => !object.isPartial),
        from,
      );
  for (const document of documents) {
    if (document.root === undefined) continue;
    let all = reusable(document, context, configurationDocuments);
    if (all === undefined) {
      all = objectsIn(document, context, finder);
      const units = made.get(document) ?? new Map<string, Made>();
      made.set(document, units.set(context.unit, { configurationDocuments, resources: all }));
    }
    for (const resource of all) {
      resources.push(resource);
      if (resource.kind === "ConfigMap" || resource.kind === "Secret") {
        const key = `${resource.kind}/${resource.name}`;
        const same = configuration.get(key);
        if (same === undefined) configuration.set(key, [resource]);
        else same.push(resource);
      }
    }
  }
  return resources;
}

function objectsIn(
  document: ManifestDocument,
  context: ReadContext,
  finder: (from: Resource) => FindObject,
): readonly ResourceView[] {
  const { root } = document;
  if (root === undefined) return [];
  try {
    const objects = objectsOf(root).flatMap((node) => readResource(node, document, context, finder) ?? []);
    append(
      objects,
      objects.filter(({ kind }) => releaseKinds.has(kind)).flatMap((each) => madeBy(each, context, finder)),
    );
    // Labels and containers are indexed for all questions: where that fails, it fails here, and for this document alone.
    for (const { workload } of objects) void workload?.containers;
    return objects;
  } catch (error) {
    if (context.onCrash === undefined) throw error;
    context.onCrash(error, document);
    return [];
  }
}

interface Made {
  /** What the containers of the resources may have read from. */
  readonly configurationDocuments: readonly ManifestDocument[];
  readonly resources: readonly ResourceView[];
}

/** Resources by document and unit. Documents live as long as an editor keeps their text: then nothing of them is read again. */
const made = new WeakMap<ManifestDocument, Map<string, Made>>();

function reusable(
  document: ManifestDocument,
  context: ReadContext,
  configurationDocuments: readonly ManifestDocument[],
): readonly ResourceView[] | undefined {
  const found = made.get(document)?.get(context.unit);
  const isSame =
    found !== undefined &&
    found.configurationDocuments.length === configurationDocuments.length &&
    found.configurationDocuments.every((each, index) => each === configurationDocuments[index]) &&
    found.resources.every((resource) => resource.isAsIn(context));
  return isSame ? found.resources : undefined;
}

function mayHoldConfiguration({ root }: ManifestDocument): boolean {
  const kind = root?.string("kind");
  return kind !== undefined && (/^(ConfigMap|Secret|Template|.*List)$/.test(kind) || releaseKinds.has(kind));
}

function objectsOf(root: YamlNode): readonly YamlNode[] {
  const kind = root.string("kind");
  if (kind === undefined) return [];
  if (kind === "Template" && root.at("objects") !== undefined) return objectsOfTemplate(root).flatMap(objectsOf);
  if (kind.endsWith("List") && root.at("items") !== undefined)
    return root.at("items")?.items().flatMap(objectsOf) ?? [];
  return [root];
}

function readResource(
  node: YamlNode,
  document: ManifestDocument,
  context: ReadContext,
  finder: (from: Resource) => FindObject,
): ResourceView | undefined {
  const kind = node.string("kind");
  const apiVersion = node.string("apiVersion");
  if (kind === undefined || apiVersion === undefined || !isKnownKind(kind, apiVersion)) return undefined;
  const applied = context.apply(node, document.file.uri);
  if (applied === "deleted") return undefined;
  return new ResourceView(refOf(applied === "unknown" ? node : applied), node, applied, document, context, finder);
}

/** What charts make of a release. */
function madeBy(
  release: ResourceView,
  context: ReadContext,
  finder: (from: Resource) => FindObject,
): readonly ResourceView[] {
  if (release.isPartial) return [];
  return objectsOfReleases(release.kind, release.node).map(({ node, isChanged }) => {
    const applied = release.isUnsettled || isChanged ? "unknown" : node;
    return new ResourceView(refOf(node), node, applied, release.document, context, finder, release);
  });
}

function refOf(node: YamlNode): ResourceRef {
  const namespace = node.text("metadata", "namespace");
  return {
    apiVersion: node.string("apiVersion") ?? "",
    kind: node.string("kind") ?? "",
    namespace: namespace === "" ? undefined : namespace,
    name: node.text("metadata", "name") ?? node.text("metadata", "generateName") ?? "",
  };
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
  readonly isUnsettled: boolean;
  readonly isOwned: boolean;
  readonly madeBy: Resource | undefined;
  readonly #written: YamlNode;
  readonly #finder: (from: Resource) => FindObject;
  #labels: Labels | undefined;
  #annotations: Labels | undefined;
  #workload: Workload | undefined | "none";

  constructor(
    ref: ResourceRef,
    written: YamlNode,
    applied: YamlNode | "unknown",
    document: ManifestDocument,
    context: ReadContext,
    finder: (from: Resource) => FindObject,
    madeBy?: Resource,
  ) {
    this.apiVersion = ref.apiVersion;
    this.kind = ref.kind;
    this.namespace = ref.namespace;
    this.name = ref.name;
    this.node = applied === "unknown" ? written : applied;
    this.#written = written;
    this.document = document;
    this.isPartial = this.#isPartialIn(context);
    this.isUnsettled = applied === "unknown";
    this.isOwned = (this.node.at("metadata", "ownerReferences")?.items().length ?? 0) > 0;
    this.madeBy = madeBy;
    this.#finder = finder;
  }

  isAsIn(context: ReadContext): boolean {
    if (this.isPartial !== this.#isPartialIn(context)) return false;
    // It is what its release is, which is asked itself.
    if (this.madeBy !== undefined) return true;
    const applied = context.apply(this.#written, this.document.file.uri);
    return this.isUnsettled ? applied === "unknown" : applied === this.node;
  }

  #isPartialIn(context: ReadContext): boolean {
    if (this.document.state !== "whole") return this.document.root === undefined;
    const { uri } = this.document.file;
    return context.holdsParts(uri) || isAssertion.test(uri) || isFragment(this.kind, this.node);
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

/** What tests of kuttl and chainsaw expect to find in a cluster, by the names that they give to such files. */
const isAssertion = /(?:^|\/)(?:(?:[^/]*-)?asserts?|(?:\d+-)?errors)\.ya?ml$/;

/** An object that cannot be whole: a patch, a values fragment, a test's assertion. */
function isFragment(kind: string, node: YamlNode): boolean {
  if (node.at("metadata", "name") === undefined && node.at("metadata", "generateName") === undefined)
    return kind !== "Kustomization";
  if (node.at("$patch") !== undefined) return true;
  const template = templateOf(kind, node);
  if (kind === "Pod" || template !== undefined) {
    const containers = template?.at("spec", "containers")?.items() ?? [];
    // The API server refuses a container without a name or an image: only a part of an object has one.
    const isPart = (container: YamlNode): boolean =>
      container.at("image") === undefined || container.at("name") === undefined;
    return containers.length === 0 || containers.some(isPart);
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
      return node.at("spec") === undefined;
    // The operator's schema requires instances: what has none is what a test expects, or a patch.
    case "PostgresCluster":
      return node.at("spec", "instances") === undefined;
    default:
      return false;
  }
}
