import { repositoryPath } from "../kube/repository-path.ts";
import type { SourceFile } from "../text/source-file.ts";
import type { ManifestDocument } from "../yaml/document.ts";
import type { YamlNode } from "../yaml/node.ts";
import type { Kustomization } from "./kustomization.ts";
import { folderOf, joinPath } from "./paths.ts";

const api = "kustomize.toolkit.fluxcd.io/";

/** What a Kustomization of Flux applies: the kustomization at its path, with what Flux adds to it before and after the build. */
export interface FluxBuild {
  /** Patches, images, prefixes, the namespace and the variables of the object, over the kustomization at its path. */
  readonly top: Kustomization;
  /** The kustomization at the path, with the components that Flux adds to its own. */
  readonly base: Kustomization;
}

/**
 * The builds of the Flux Kustomizations in the files, of those whose path is the folder of a kustomization in view. A path counts from
 * the root of the repository: here the nearest folder above the object's file from which it leads to one.
 * https://fluxcd.io/flux/components/kustomize/kustomizations/
 */
export function fluxBuilds(
  files: readonly SourceFile[],
  documentsOf: (file: SourceFile) => readonly ManifestDocument[],
  kustomizations: ReadonlyMap<string, Kustomization>,
): readonly FluxBuild[] {
  return files
    .filter((file) => file.text.includes(api))
    .flatMap((file) =>
      documentsOf(file).flatMap(({ root }) => {
        const spec = root?.string("apiVersion")?.startsWith(api) === true ? root.at("spec") : undefined;
        const base = spec?.kind === "map" ? kustomizationAt(spec, file, kustomizations) : undefined;
        return spec === undefined || base === undefined ? [] : [buildBy(spec, file, base)];
      }),
    );
}

function kustomizationAt(
  spec: YamlNode,
  file: SourceFile,
  kustomizations: ReadonlyMap<string, Kustomization>,
): Kustomization | undefined {
  const path = repositoryPath(spec.string("path"));
  if (path === undefined) return undefined;
  for (let above = folderOf(file.uri); above !== ""; above = folderOf(above)) {
    const found = kustomizations.get(joinPath(above, path));
    if (found !== undefined) return found;
  }
  return kustomizations.get(path);
}

function buildBy(spec: YamlNode, file: SourceFile, base: Kustomization): FluxBuild {
  const added = (spec.at("components")?.items() ?? []).flatMap((item) => item.string() ?? []);
  return {
    top: {
      file,
      root: spec,
      folder: base.folder,
      resources: [base.folder],
      components: [],
      patchFiles: [],
      prefix: spec.text("namePrefix") ?? "",
      suffix: spec.text("nameSuffix") ?? "",
      isComponent: false,
      hashed: [],
    },
    base: { ...base, components: [...base.components, ...added.map((path) => joinPath(base.folder, path))] },
  };
}
