import { SourceFile } from "../text/source-file.ts";
import type { YamlNode } from "../yaml/node.ts";
import { parseDocuments } from "../yaml/parse.ts";
import { isRemote, kustomizationNames } from "./kustomization.ts";
import type { ReadFile } from "./kustomize-patches.ts";
import { folderOf, joinPath } from "./paths.ts";

/** Something that kustomize would fetch. */
export interface RemoteReference {
  /** As it is written; undefined: the file cannot be read, so nobody knows. */
  readonly name: string | undefined;
  readonly file: SourceFile;
  /** Where it is written. */
  readonly offset: number;
}

/** Go's JSON reads keys whatever their case. */
const set = (keys: string): ReadonlySet<string> => new Set(keys.toLowerCase().split(" "));
/** Keys whose folders are kustomizations, and those whose files hold generators and transformers. */
const folders = set("resources bases components");
const plugins = set("generators transformers validators");
/** Other keys whose strings kustomize loads, in a kustomization or in the file of a generator. */
const loaded = set(
  "crds configurations patchesStrategicMerge path files envs env repo chartRepo chartRepoUrl valuesFile additionalValuesFiles",
);
/** Keys whose maps and lists hold words of the user's own. */
const free = set("commonLabels commonAnnotations labels annotations literals");

/**
 * All that rendering a folder would fetch over a network (git repositories, URLs, charts), in all kustomizations and generators
 * that it reaches here. https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/resource/
 */
export function remoteReferences(folder: string, read: ReadFile): readonly RemoteReference[] {
  const found: RemoteReference[] = [];
  const seen = new Set<string>();

  const lookInFolder = (each: string, isPlugin: boolean): void => {
    for (const name of kustomizationNames) lookInFile(`${each}/${name}`, isPlugin);
  };
  const lookInFile = (uri: string, isPlugin: boolean): void => {
    const file = seen.has(`${isPlugin} ${uri}`) ? undefined : read(uri);
    seen.add(`${isPlugin} ${uri}`);
    if (file !== undefined) lookInText(file, isPlugin);
  };
  const lookInText = (file: SourceFile, isPlugin: boolean): void => {
    for (const { root, state, span } of parseDocuments(file, { skipPrefilter: true })) {
      if (root !== undefined) look(root, "", isPlugin);
      else if (state === "unread") found.push({ name: undefined, file, offset: span.start });
    }
  };
  const look = (node: YamlNode, key: string, isPlugin: boolean): void => {
    for (const item of node.items()) look(item, key, isPlugin);
    for (const [name, child] of node.entries())
      if (!free.has(name.toLowerCase())) look(child, name.toLowerCase(), isPlugin);
    const text = node.string()?.trim() ?? "";
    if (text === "" || !(folders.has(key) || plugins.has(key) || loaded.has(key))) return;
    if (text.includes("\n")) {
      // Written in place: a generator, or a patch, which loads nothing.
      if (plugins.has(key)) lookInText(new SourceFile(node.file.uri, text), true);
      return;
    }
    // The file of a ConfigMap may stand behind a key: `pgbouncer.ini=files/prod.ini`.
    const target = key === "files" ? text.slice(text.indexOf("=") + 1) : text;
    if (isRemote(text) || isRemote(target)) found.push({ name: text, file: node.file, offset: node.span.start });
    else if (folders.has(key) || plugins.has(key)) {
      const uri = joinPath(folderOf(node.file.uri), target);
      const leadsToPlugins = isPlugin || plugins.has(key);
      lookInFolder(uri, leadsToPlugins);
      if (leadsToPlugins) lookInFile(uri, true);
    }
  };
  lookInFolder(folder, false);
  return found;
}
