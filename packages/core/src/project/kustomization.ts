import type { SourceFile } from "../text/source-file.ts";
import type { YamlNode } from "../yaml/node.ts";
import { parseSingle } from "../yaml/parse.ts";
import { folderOf, joinPath } from "./paths.ts";

/** What a kustomization.yaml names, as uris. */
export interface Kustomization {
  readonly file: SourceFile;
  readonly folder: string;
  /** Files and folders under resources, bases and components. */
  readonly reaches: readonly string[];
  readonly patchFiles: readonly string[];
  /** Objects that inline patches, `replicas` or patch targets name; a target without name means every object of its kind. */
  readonly patched: readonly { readonly kind: string | undefined; readonly name: string | undefined }[];
  readonly images: readonly string[];
  /** `Kind/name` of ConfigMaps and Secrets whose generator puts a hash of the content into their name. */
  readonly hashed: readonly string[];
}

/** The names that kustomize looks for in a folder, in its order. */
export const kustomizationNames: readonly string[] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

export function isKustomizationFile(uri: string): boolean {
  return /(^|\/)(kustomization\.ya?ml|Kustomization)$/.test(uri);
}

/** Reads a kustomization; undefined for what is none (Flux has a kind of the same name). */
export function readKustomization(file: SourceFile): Kustomization | undefined {
  const { root } = parseSingle(file);
  if (root === undefined || root.kind !== "map" || /fluxcd/.test(root.string("apiVersion") ?? "")) return undefined;
  const folder = folderOf(file.uri);
  const local = (node: YamlNode | undefined): readonly string[] =>
    (node?.items() ?? []).flatMap((item) => {
      const text = item.string();
      return text === undefined || /^(https?:|git@|github\.com|ssh:|.*\?ref=)/.test(text)
        ? []
        : [joinPath(folder, text)];
    });
  const patches = [...(root.at("patches")?.items() ?? []), ...(root.at("patchesJson6902")?.items() ?? [])];
  const inline = patches.flatMap((patch) => inlineTargets(patch.string("patch")));
  const merges = (root.at("patchesStrategicMerge")?.items() ?? []).flatMap((item) => {
    const text = item.string() ?? "";
    return text.includes("\n") ? inlineTargets(text) : [];
  });
  return {
    file,
    folder,
    reaches: [...local(root.at("resources")), ...local(root.at("bases")), ...local(root.at("components"))],
    patchFiles: [
      ...local(root.at("patchesStrategicMerge")),
      ...patches.flatMap((patch) =>
        patch.string("path") === undefined ? [] : [joinPath(folder, patch.string("path") ?? "")],
      ),
    ],
    patched: [
      ...inline,
      ...merges,
      ...patches.flatMap((patch) =>
        patch.at("target") === undefined
          ? []
          : [{ kind: patch.string("target", "kind"), name: patch.string("target", "name") }],
      ),
      ...(root.at("replicas")?.items() ?? []).map((item) => ({ kind: undefined, name: item.string("name") })),
    ],
    images: (root.at("images")?.items() ?? []).filter(isPinned).flatMap((item) => item.string("name") ?? []),
    hashed: hashedNames(root),
  };
}

function hashedNames(root: YamlNode): readonly string[] {
  const generators = { ConfigMap: "configMapGenerator", Secret: "secretGenerator" };
  const isOff = (node: YamlNode, ...path: readonly string[]): boolean =>
    node.boolean(...path, "disableNameSuffixHash") === true;
  if (isOff(root, "generatorOptions")) return [];
  return Object.entries(generators).flatMap(([kind, field]) =>
    (root.at(field)?.items() ?? []).flatMap((item) => {
      const name = item.text("name");
      return name === undefined || isOff(item, "options") ? [] : [`${kind}/${name}`];
    }),
  );
}

/** A tag or digest that says which image it is; `newTag: latest` does not. */
function isPinned(image: YamlNode): boolean {
  const tag = image.text("newTag");
  return (
    image.at("digest") !== undefined || image.at("newName") !== undefined || (tag !== undefined && tag !== "latest")
  );
}

function inlineTargets(
  text: string | undefined,
): readonly { readonly kind: string | undefined; readonly name: string | undefined }[] {
  if (text === undefined) return [];
  const kind = /^kind:\s*(\S+)/m.exec(text)?.[1];
  const name = /^metadata:\s*\n(?:\s+.*\n)*?\s+name:\s*(\S+)/m.exec(text)?.[1];
  return kind === undefined || name === undefined ? [] : [{ kind, name: name.replace(/^["']|["']$/g, "") }];
}
