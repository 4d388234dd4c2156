import { SourceFile } from "../text/source-file.ts";
import type { Place, YamlNode } from "../yaml/node.ts";
import { parseDocuments, parseSingle } from "../yaml/parse.ts";
import { kustomizationNames } from "./kustomization.ts";
import { generatedBy } from "./kustomize-generators.ts";
import { transformedBy } from "./kustomize-transformers.ts";
import { joinPath } from "./paths.ts";
import type { RenderedObject } from "./rendered-origins.ts";
import { follow, isSameValue, type Step } from "./yaml-steps.ts";

export type ReadFile = (uri: string) => SourceFile | undefined;

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
      return path === undefined || /:\/\/|\?ref=|\.ya?ml$/.test(path)
        ? []
        : readLayers(joinPath(folder, path), read, new Set([...seen, folder]));
    });
  return [
    ...below,
    { writerOf: (object, steps, value) => generatedBy(root, folder, read, object, steps, value) },
    ...patchesOf(root, folder, read),
    { writerOf: (object, steps, value) => transformedBy(root, object, steps, value) },
  ];
}

function patchesOf(root: YamlNode, folder: string, read: ReadFile): readonly Layer[] {
  const entries = ["patchesStrategicMerge", "patches", "patchesJson6902"].flatMap((field) =>
    (root.at(field)?.items() ?? []).map((entry) => {
      const text = entry.kind === "scalar" ? entry : (entry.at("patch") ?? entry.at("path"));
      return { text, target: entry.at("target") };
    }),
  );
  return entries.flatMap(({ text, target }) => {
    const written = text?.string();
    if (text === undefined || written === undefined) return [];
    const isInline = written.includes("\n") || text.yamlPath.at(-1) === "patch";
    const file = isInline ? new SourceFile(`${text.file.uri}#patch`, written) : read(joinPath(folder, written));
    if (file === undefined) return [];
    const outer = (place: Place): Place => (isInline ? text.inside(place.span) : place);
    return parseDocuments(file, { skipPrefilter: true }).flatMap(({ root: patch }) =>
      patch === undefined ? [] : [patchLayer(patch, target, outer)],
    );
  });
}

function patchLayer(patch: YamlNode, target: YamlNode | undefined, outer: (place: Place) => Place): Layer {
  return {
    writerOf(object, steps, value) {
      if (!isTarget(patch, target, object)) return undefined;
      const node = patch.kind === "sequence" ? operandAt(patch, steps, value) : follow(patch, steps);
      return node === undefined || !isSameValue(node, value) ? undefined : outer(node);
    },
  };
}

/** Patch targets are regular expressions that match whole names. https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/patches/ */
function isTarget(patch: YamlNode, target: YamlNode | undefined, object: RenderedObject): boolean {
  const kind = target?.string("kind") ?? (target === undefined ? patch.string("kind") : undefined);
  const name = target?.string("name") ?? (target === undefined ? patch.text("metadata", "name") : undefined);
  if (kind !== undefined && kind !== object.kind) return false;
  if (name === undefined || name === object.sourceName || name === object.name) return true;
  try {
    return new RegExp(`^(?:${name})$`).test(object.sourceName);
  } catch {
    return false; // not a regular expression: kustomize has refused it already
  }
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
