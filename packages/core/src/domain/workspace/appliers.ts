import { knownBeginning, repositoryPath } from "../../kube/repository-path.ts";
import type { Resource } from "../../kube/resource.ts";
import type { YamlNode } from "../../yaml/node.ts";

/** A Kustomization of Flux, an Application or an ApplicationSet of Argo CD: it applies a folder of a repository. */
export interface Applier {
  readonly resource: Resource;
  /** undefined: the root, filled in later, or made from a list of folders. */
  readonly folder: string | undefined;
  /** What is known of the beginning of folders that are filled in later; empty: nothing. */
  readonly beginnings: readonly string[];
  /** When it is deleted, so is what it applied. */
  readonly takesAlong: boolean;
}

/** Those among the objects. One that installs a chart of a registry applies no folder. */
export function appliersIn(resources: readonly Resource[]): readonly Applier[] {
  return resources.flatMap((resource): readonly Applier[] => {
    const group = resource.apiVersion.split("/")[0];
    if (resource.kind === "Kustomization" && group === "kustomize.toolkit.fluxcd.io") return ofFlux(resource);
    if (group !== "argoproj.io") return [];
    if (resource.kind === "Application") return ofArgo(resource);
    return resource.kind === "ApplicationSet" ? ofSet(resource) : [];
  });
}

/** `MirrorPrune`, the default, deletes where `prune` does. https://fluxcd.io/flux/components/kustomize/kustomizations/#deletion-policy */
function ofFlux(resource: Resource): readonly Applier[] {
  const spec = resource.node.at("spec");
  const policy = spec?.text("deletionPolicy") ?? "MirrorPrune";
  const takesAlong = policy === "MirrorPrune" ? spec?.at("prune")?.value === true : policy !== "Orphan";
  return [{ resource, takesAlong, ...readFolder(spec?.text("path") ?? "./") }];
}

/** Only with this finalizer an Application takes its objects along. https://argo-cd.readthedocs.io/en/stable/user-guide/app_deletion/ */
function ofArgo(resource: Resource): readonly Applier[] {
  const finalizers = resource.node.at("metadata", "finalizers")?.items() ?? [];
  const takesAlong = finalizers.some((each) => /^resources-finalizer\.argocd\.argoproj\.io/.test(each.text() ?? ""));
  const one = resource.node.at("spec", "source");
  const sources = [...(one === undefined ? [] : [one]), ...(resource.node.at("spec", "sources")?.items() ?? [])];
  return sources.flatMap((source) => {
    const path = source.text("path");
    return path === undefined ? [] : [{ resource, takesAlong, ...readFolder(path) }];
  });
}

/** Folders that its generators find, or that its list names in a way of its own. */
function ofSet(resource: Resource): readonly Applier[] {
  const globs = (resource.node.at("spec", "generators")?.items() ?? []).flatMap((generator) => [
    ...pathsIn(generator.at("git", "directories")),
    ...pathsIn(generator.at("git", "files")),
  ]);
  const beginnings = globs.map(beginningOf);
  return [{ resource, takesAlong: false, folder: undefined, beginnings: beginnings.length === 0 ? [""] : beginnings }];
}

/** `apps/` of `apps/*`. */
function beginningOf(glob: string): string {
  const path = glob.replace(/^\.?\/+/, "");
  const end = path.search(/[*?{[$<]/);
  return end < 0 ? path : path.slice(0, end);
}

function pathsIn(list: YamlNode | undefined): readonly string[] {
  return (list?.items() ?? []).flatMap((item) => item.text("path") ?? []);
}

function readFolder(path: string): Pick<Applier, "folder" | "beginnings"> {
  const folder = repositoryPath(path);
  return { folder, beginnings: folder === undefined ? [knownBeginning(path)] : [] };
}

/** Whether it may apply a file, from a folder that is filled in later. */
export function mayApply({ beginnings }: Applier, file: string): boolean {
  return beginnings.some((known) => known === "" || `/${file}`.includes(`/${known}`));
}
