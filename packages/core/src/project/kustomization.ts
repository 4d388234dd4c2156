import type { SourceFile } from "../text/source-file.ts";
import type { YamlNode } from "../yaml/node.ts";
import { parseSingle } from "../yaml/parse.ts";
import { folderOf, joinPath } from "./paths.ts";

/** A kustomization.yaml and the files that it names, as uris. */
export interface Kustomization {
  readonly file: SourceFile;
  readonly root: YamlNode;
  readonly folder: string;
  /** Files and folders under `resources` and `bases`. */
  readonly resources: readonly string[];
  readonly components: readonly string[];
  readonly patchFiles: readonly string[];
  readonly prefix: string;
  readonly suffix: string;
  /** `kind: Component`: a part that other kustomizations include. */
  readonly isComponent: boolean;
  /** `Kind/name` of ConfigMaps and Secrets whose generator puts a hash of the content into their name. */
  readonly hashed: readonly string[];
}

/** The names that kustomize looks for in a folder, in its order. */
export const kustomizationNames: readonly string[] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

export function isKustomizationFile(uri: string): boolean {
  return /(^|\/)(kustomization\.ya?ml|Kustomization)$/.test(uri);
}

/**
 * Whether kustomize would fetch what is called this: a URL, or a git repository in one of its spellings.
 * https://github.com/kubernetes-sigs/kustomize/blob/master/examples/remoteBuild.md
 */
export function isRemote(name: string): boolean {
  return (
    /^(git::|gh:|(www\.)?github\.com[:/]|[a-z][a-z0-9+.-]*:\/\/|[\w.-]+@[^/:]+[:/])/i.test(name) ||
    name.includes("_git/") || // Azure DevOps
    name.includes("?ref=")
  );
}

/** Reads a kustomization; undefined for what is none (Flux has a kind of the same name). */
export function readKustomization(file: SourceFile): Kustomization | undefined {
  const { root } = parseSingle(file);
  if (root === undefined || root.kind !== "map" || /fluxcd/.test(root.string("apiVersion") ?? "")) return undefined;
  const folder = folderOf(file.uri);
  const local = (node: YamlNode | undefined): readonly string[] =>
    (node?.items() ?? []).flatMap((item) => {
      const text = item.string();
      return text === undefined || isRemote(text) ? [] : [joinPath(folder, text)];
    });
  const patches = [...(root.at("patches")?.items() ?? []), ...(root.at("patchesJson6902")?.items() ?? [])];
  return {
    file,
    root,
    folder,
    resources: [...local(root.at("resources")), ...local(root.at("bases"))],
    components: local(root.at("components")),
    patchFiles: [
      ...local(root.at("patchesStrategicMerge")),
      ...patches.flatMap((patch) =>
        patch.string("path") === undefined ? [] : [joinPath(folder, patch.string("path") ?? "")],
      ),
    ],
    prefix: root.text("namePrefix") ?? "",
    suffix: root.text("nameSuffix") ?? "",
    isComponent: root.string("kind") === "Component",
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
