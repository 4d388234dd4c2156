import { readLabels } from "../kube/selector.ts";
import type { Place, YamlNode } from "../yaml/node.ts";
import { parseSingle } from "../yaml/parse.ts";
import { isRemote, kustomizationNames } from "./kustomization.ts";
import { generatedBy } from "./kustomize-generators.ts";
import { isTargetOf, type KustomizePatch, type ReadFile, readPatches } from "./kustomize-patches.ts";
import { transformedBy } from "./kustomize-transformers.ts";
import { joinPath } from "./paths.ts";
import type { RenderedObject } from "./rendered-origins.ts";
import { follow, isSameValue, type Step } from "./yaml-steps.ts";

/** What one entry of a kustomization may write into objects; later ones win. */
export interface Layer {
  /** Where it writes the value that the steps lead to; undefined: it does not. */
  writerOf(object: RenderedObject, steps: readonly Step[], value: YamlNode): Place | undefined;
}

/** The entries of a kustomization and of all it reaches, in the order in which kustomize applies them. */
export function readLayers(folder: string, read: ReadFile, seen: ReadonlySet<string> = new Set()): readonly Layer[] {
  const file = kustomizationNames.flatMap((name) => read(`${folder}/${name}`) ?? [])[0];
  const root = file === undefined ? undefined : parseSingle(file).root;
  if (root === undefined || seen.has(folder)) return [];
  const below = ["resources", "bases", "components"]
    .flatMap((field) => root.at(field)?.items() ?? [])
    .flatMap((item) => {
      const path = item.string();
      return path === undefined || isRemote(path) || /\.ya?ml$/.test(path)
        ? []
        : readLayers(joinPath(folder, path), read, new Set([...seen, folder]));
    });
  return [
    ...below,
    { writerOf: (object, steps, value) => generatedBy(root, folder, read, object, steps, value) },
    ...readPatches(root, folder, read).map(patchLayer),
    { writerOf: (object, steps, value) => transformedBy(root, object, steps, value) },
  ];
}

function patchLayer(patch: KustomizePatch): Layer {
  const { content } = patch;
  return {
    writerOf(object, steps, value) {
      const { root, kind, name, sourceName } = object;
      const target = {
        apiVersion: root.string("apiVersion") ?? "",
        kind,
        namespace: undefined, // kustomize has found it already
        names: [sourceName, name],
        labels: readLabels(root.at("metadata", "labels")),
      };
      if (content === undefined || isTargetOf(patch, target) === false) return undefined;
      const node = content.kind === "sequence" ? operandAt(content, steps, value) : follow(content, steps);
      return node === undefined || !isSameValue(node, value) ? undefined : node;
    },
  };
}

/** The value of the last JSON patch operation (RFC 6902) at the steps or above them. */
function operandAt(operations: YamlNode, steps: readonly Step[], value: YamlNode): YamlNode | undefined {
  return [...operations.items()].reverse().flatMap((operation) => {
    const pointer = (operation.text("path") ?? "")
      .split("/")
      .slice(1)
      .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
    const operand = operation.at("value");
    if (operand === undefined || pointer.length > steps.length) return [];
    // Other patches may have moved list items since: the index says little, the value says more.
    const isAbove = pointer.every((part, index) => {
      const step = steps[index];
      return typeof step === "string" ? step === part : /^(\d+|-)$/.test(part);
    });
    const node = isAbove ? follow(operand, steps.slice(pointer.length)) : undefined;
    return node !== undefined && isSameValue(node, value) ? [node] : [];
  })[0];
}
