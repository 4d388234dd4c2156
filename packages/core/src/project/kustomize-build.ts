import { type FillIn, filledIn } from "../kube/filled-in.ts";
import { readLabels } from "../kube/selector.ts";
import type { SourceFile } from "../text/source-file.ts";
import { madeMap, madeScalar, madeSequence } from "../yaml/made-node.ts";
import type { YamlNode } from "../yaml/node.ts";
import { plainValue } from "../yaml/scalar.ts";
import { applyOperations, mergePatch, type Patched } from "./apply-patch.ts";
import type { Kustomization } from "./kustomization.ts";
import {
  isTargetOf,
  type KustomizePatch,
  type PatchTarget,
  readPatches,
  readReplacements,
} from "./kustomize-patches.ts";

/** What the kustomizations of a unit make of the objects of its files. */
export interface Build {
  /** The files of the objects. */
  readonly files: ReadonlySet<string>;
  /** Each kustomization that has a part in it. */
  readonly kustomizations: readonly Kustomization[];
  /** The kustomizations that the objects of a file pass through, innermost first. */
  wayOf(uri: string): readonly Kustomization[];
  /** A name of an object of a file, with all prefixes and suffixes. */
  nameMade(uri: string, name: string): string;
  /** The namespace into which the objects of a file go, whatever they name; undefined: the one that they name. */
  namespaceMade(uri: string): string | undefined;
  /** The object as it is applied, the same node where nothing changes it. */
  apply(object: YamlNode, uri: string): Patched;
}

/** Kustomizations by folder. */
export type Kustomizations = Pick<ReadonlyMap<string, Kustomization>, "get">;

/** The kustomizations that an object passes through on its way, innermost first. */
type Way = Kustomization[];

/**
 * Follows each file from where it is written to the kustomization that is applied: resources, then components, which change all
 * that was gathered before them, then the kustomization's own patches, replicas and images.
 * https://kubectl.docs.kubernetes.io/guides/config_management/components/
 */
export function buildOf(top: Kustomization, all: Kustomizations, files: ReadonlyMap<string, SourceFile>): Build {
  const ways = new Map<string, Way>();
  const kustomizations = new Set<Kustomization>();
  gather(top, { all, files, ways, kustomizations }, new Set());
  const steps = new Map<Kustomization, Transformation>();
  const transformationOf = (kustomization: Kustomization): Transformation => {
    const found = steps.get(kustomization) ?? readTransformation(kustomization, files);
    steps.set(kustomization, found);
    return found;
  };
  return {
    files: new Set(ways.keys()),
    kustomizations: [...kustomizations],
    wayOf: (uri) => ways.get(uri) ?? [],
    nameMade: (uri, name) =>
      (ways.get(uri) ?? []).reduce((made, { prefix, suffix }) => `${prefix}${made}${suffix}`, name),
    namespaceMade: (uri) =>
      (ways.get(uri) ?? [])
        .map(namespaceOf)
        .findLast((each) => each !== undefined)
        ?.text(),
    apply(object, uri) {
      const names = [object.text("metadata", "name") ?? ""];
      let node = object;
      for (const kustomization of ways.get(uri) ?? []) {
        const made = transform(node, transformationOf(kustomization), names);
        if (made === "deleted" || made === "unknown") return made;
        node = made;
        const { prefix, suffix } = kustomization;
        if (prefix !== "" || suffix !== "") names.push(`${prefix}${names.at(-1)}${suffix}`);
      }
      return node;
    },
  };
}

interface Gathering {
  readonly all: Kustomizations;
  readonly files: ReadonlyMap<string, SourceFile>;
  readonly ways: Map<string, Way>;
  readonly kustomizations: Set<Kustomization>;
}

function gather(kustomization: Kustomization, into: Gathering, above: ReadonlySet<Kustomization>): void {
  if (above.has(kustomization)) return;
  const { all, files, ways, kustomizations } = into;
  const seen = new Set([...above, kustomization]);
  kustomizations.add(kustomization);
  // A resource is made on its own, a component works on all that was gathered so far.
  for (const uri of kustomization.resources) {
    const next = all.get(uri);
    const own = new Map<string, Way>();
    if (next !== undefined) gather(next, { ...into, ways: own }, seen);
    else if (files.has(uri)) own.set(uri, []);
    for (const [file, way] of own) ways.set(file, way);
  }
  for (const uri of kustomization.components) {
    const next = all.get(uri);
    if (next !== undefined) gather(next, into, seen);
  }
  for (const way of ways.values()) way.push(kustomization);
}

/** What one kustomization does to objects. */
interface Transformation {
  readonly patches: readonly KustomizePatch[];
  readonly replicas: readonly YamlNode[];
  readonly images: readonly YamlNode[];
  readonly namespace: YamlNode | undefined;
  /** Labels that go into selectors and Pod templates too. */
  readonly selectorLabels: readonly (readonly [key: string, value: YamlNode])[];
  /** Flux fills in variables of what was built. */
  readonly fillIn: FillIn | undefined;
}

/** `targetNamespace` as Flux calls it. */
function namespaceOf({ root }: Kustomization): YamlNode | undefined {
  return root.at("namespace") ?? root.at("targetNamespace");
}

function readTransformation(kustomization: Kustomization, files: ReadonlyMap<string, SourceFile>): Transformation {
  const { root, folder } = kustomization;
  return {
    patches: [
      ...readPatches(root, folder, (uri) => files.get(uri)),
      ...readReplacements(root, folder, (uri) => files.get(uri)),
    ],
    replicas: root.at("replicas")?.items() ?? [],
    images: root.at("images")?.items() ?? [],
    namespace: namespaceOf(kustomization),
    selectorLabels: [
      root.at("commonLabels"),
      ...(root.at("labels")?.items() ?? [])
        .filter((item) => item.boolean("includeSelectors") === true)
        .map((item) => item.at("pairs")),
    ].flatMap((pairs) => (pairs?.kind === "map" ? pairs.entries() : [])),
    fillIn: substitution(root.at("postBuild", "substitute")),
  };
}

/**
 * The variables that a Kustomization of Flux gives itself. Others may come from objects of the cluster, so they and their defaults stay
 * as they are written. https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution
 */
function substitution(substitute: YamlNode | undefined): FillIn | undefined {
  const values = new Map(
    (substitute?.kind === "map" ? substitute.entries() : []).flatMap(([name, node]) => {
      const text = node.text();
      return text === undefined || text.includes("${") ? [] : [[name, { node, text }] as const];
    }),
  );
  if (values.size === 0) return undefined;
  const variable = /(\$?)\$\{(\w+)(?::?[-=][^{}$]*)?\}/g;
  return (text) => {
    let last: YamlNode | undefined;
    const filled = text.replace(variable, (written, dollar: string, name: string) => {
      const value = dollar === "" ? values.get(name) : undefined;
      last = value === undefined ? undefined : written === text ? value.node : undefined;
      return value?.text ?? written;
    });
    if (filled === text) return undefined;
    const value = plainValue(filled) ?? "";
    return last === undefined ? { value } : { value, at: last };
  };
}

/** An object whose variables Flux leaves alone. */
function keepsVariables(node: YamlNode): boolean {
  const key = "kustomize.toolkit.fluxcd.io/substitute";
  return ["annotations", "labels"].some((field) => node.text("metadata", field, key) === "disabled");
}

function transform(object: YamlNode, by: Transformation, names: readonly string[]): Patched {
  const { patches, replicas, images, namespace, selectorLabels, fillIn } = by;
  let node = object;
  for (const patch of patches) {
    const isTarget = isTargetOf(patch, targetOf(node, names));
    if (isTarget === false) continue;
    const made = isTarget === undefined ? "unknown" : applyPatch(node, patch);
    if (made === "deleted" || made === "unknown") return made;
    node = made;
  }
  node = labelled(movedTo(node, namespace), selectorLabels);
  const count = replicas.find((item) => names.includes(item.text("name") ?? ""))?.at("count");
  if (count !== undefined && scaled.has(node.string("kind") ?? "")) node = withChild(node, ["spec", "replicas"], count);
  if (images.length > 0) node = withImages(node, images);
  return fillIn === undefined || keepsVariables(node) ? node : withOwnName(filledIn(node, fillIn), node);
}

/** An object is where it is written, whoever gives it its name. */
function withOwnName(filled: YamlNode, node: YamlNode): YamlNode {
  const [name, written] = [filled.at("metadata", "name"), node.at("metadata", "name")];
  if (name === written || name === undefined || written === undefined) return filled;
  return withChild(filled, ["metadata", "name"], madeScalar(written, name.text() ?? ""));
}

function applyPatch(object: YamlNode, { content, options }: KustomizePatch): Patched {
  if (content === undefined) return "unknown";
  if (content.kind === "sequence") return applyOperations(object, content);
  const patched = mergePatch(object, content);
  if (patched === "deleted" || patched === "unknown") return patched;
  return identity
    .filter(({ changedBy }) => changedBy === undefined || options?.boolean(changedBy) !== true)
    .reduce((node, { path }) => withOriginal(node, object, path), patched);
}

/** What a part of an object names it by, and the option of its patch that lets it change the object itself. Seen in kubectl kustomize 5.5. */
const identity: readonly { readonly path: readonly string[]; readonly changedBy?: string }[] = [
  { path: ["apiVersion"], changedBy: "allowKindChange" },
  { path: ["kind"], changedBy: "allowKindChange" },
  { path: ["metadata", "name"], changedBy: "allowNameChange" },
  { path: ["metadata", "namespace"] },
];

function withOriginal(node: YamlNode, object: YamlNode, path: readonly string[]): YamlNode {
  const original = object.at(...path);
  if (original === node.at(...path)) return node;
  return original === undefined ? withoutChild(node, path) : withChild(node, path, original);
}

function targetOf(node: YamlNode, names: readonly string[]): PatchTarget {
  return {
    apiVersion: node.string("apiVersion") ?? "",
    kind: node.string("kind") ?? "",
    namespace: node.text("metadata", "namespace"),
    names,
    labels: readLabels(node.at("metadata", "labels")),
  };
}

/** The kinds whose `spec.replicas` kustomize sets. https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/replicas/ */
const scaled: ReadonlySet<string> = new Set(["Deployment", "ReplicationController", "ReplicaSet", "StatefulSet"]);

/** The tree with another value at a path; maps on the way are made where they are missing. */
function withChild(node: YamlNode, path: readonly string[], value: YamlNode): YamlNode {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const children = new Map(node.entries());
  children.set(key, withChild(children.get(key) ?? madeMap(node, new Map()), rest, value));
  return madeMap(node, children);
}

function withoutChild(node: YamlNode, path: readonly string[]): YamlNode {
  const [key = "", ...rest] = path;
  const children = new Map(node.entries());
  const child = children.get(key);
  if (rest.length === 0) children.delete(key);
  else if (child !== undefined) children.set(key, withoutChild(child, rest));
  return madeMap(node, children);
}

/**
 * In the kustomization's namespace, where the object names another. One that names none agrees with every namespace, and may be of
 * a kind that has none. https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/namespace/
 */
function movedTo(node: YamlNode, namespace: YamlNode | undefined): YamlNode {
  const [written, other] = [node.text("metadata", "namespace"), namespace?.text()];
  if (namespace === undefined || other === undefined || written === undefined || written === other) return node;
  return withChild(node, ["metadata", "namespace"], namespace);
}

/** Where `commonLabels` are written in a kind, made where it is missing. https://github.com/kubernetes-sigs/kustomize, commonlabels.go */
function labelPaths(node: YamlNode): readonly (readonly string[])[] {
  switch (node.string("kind")) {
    case "Service":
      return node.string("spec", "type") === "ExternalName" ? [] : [["spec", "selector"]];
    case "Deployment":
    case "StatefulSet":
    case "DaemonSet":
    case "ReplicaSet":
      return [
        ["spec", "selector", "matchLabels"],
        ["spec", "template", "metadata", "labels"],
      ];
    case "Job":
      return [["spec", "template", "metadata", "labels"]];
    case "CronJob":
      return [["spec", "jobTemplate", "spec", "template", "metadata", "labels"]];
    default:
      return [];
  }
}

function labelled(node: YamlNode, labels: Transformation["selectorLabels"]): YamlNode {
  const paths = labels.length === 0 || node.at("spec") === undefined ? [] : labelPaths(node);
  return paths.reduce(
    (made, path) => labels.reduce((each, [key, value]) => withChild(each, [...path, key], value), made),
    node,
  );
}

/** Every `image` of a container whose name an entry has. https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/ */
function withImages(node: YamlNode, images: readonly YamlNode[]): YamlNode {
  if (node.kind === "sequence") {
    const items = node.items().map((item) => withImages(item, images));
    return items.some((item, index) => item !== node.items()[index]) ? madeSequence(node, items) : node;
  }
  if (node.kind !== "map") return node;
  const entries = node.entries().map(([key, child]): readonly [string, YamlNode] => {
    if (key !== "containers" && key !== "initContainers")
      return [key, child.kind === "scalar" ? child : withImages(child, images)];
    const items = child.items().map((item) => withImage(item, images));
    return [key, items.some((item, index) => item !== child.items()[index]) ? madeSequence(child, items) : child];
  });
  const isChanged = entries.some(([key, child]) => child !== node.at(key));
  return isChanged ? madeMap(node, new Map(entries)) : node;
}

function withImage(container: YamlNode, images: readonly YamlNode[]): YamlNode {
  let image = container.at("image");
  const written = image;
  for (const entry of images) {
    const text = image?.string();
    if (image === undefined || text === undefined) break;
    const [name, rest] = partsOf(text);
    if (name !== entry.text("name")) continue;
    const [newName, newTag, digest] = [entry.at("newName"), entry.at("newTag"), entry.at("digest")];
    // What kustomize would refuse makes no image: the container's is unknown.
    const unreadable = [newName, newTag, digest].find((each) => each !== undefined && each.text() === undefined);
    if (unreadable !== undefined) return withChild(container, ["image"], unreadable);
    const tag = newTag === undefined ? undefined : `:${newTag.text()}`;
    const hash = digest === undefined ? undefined : `@${digest.text()}`;
    const version = tag === undefined && hash === undefined ? rest : `${tag ?? ""}${hash ?? ""}`;
    const writer = digest ?? newTag ?? newName;
    if (writer !== undefined) image = madeScalar(writer, `${newName?.text() ?? name}${version}`);
  }
  return image === written || image === undefined ? container : withChild(container, ["image"], image);
}

/** `registry:5000/postgres` and `:16@sha256:…`. */
function partsOf(image: string): readonly [name: string, version: string] {
  const at = image.indexOf("@");
  const name = at < 0 ? image : image.slice(0, at);
  const colon = name.indexOf(":", name.lastIndexOf("/") + 1);
  const end = colon < 0 ? name.length : colon;
  return [image.slice(0, end), image.slice(end)];
}
