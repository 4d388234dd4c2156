import { knownBeginning, repositoryPath } from "../../kube/repository-path.ts";
import type { Resource } from "../../kube/resource.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import { oncePer } from "../../text/once.ts";
import type { YamlNode } from "../../yaml/node.ts";
import type { Database } from "../model/database.ts";
import type { Workspace } from "../model/workspace.ts";

/** The folder that a Flux Kustomization or an Argo CD Application applies; undefined: the whole repository, or not known yet. */
export function appliedFolder(resource: Resource): string | undefined {
  const spec = resource.node.at("spec");
  return repositoryPath(resource.kind === "Application" ? spec?.string("source", "path") : spec?.string("path"));
}

/** The switch with which it deletes what has left its folder; undefined: it does not, or not by itself. */
export function pruneOf({ kind, apiVersion, node }: Resource): YamlNode | undefined {
  const prune =
    kind === "Application"
      ? node.at("spec", "syncPolicy", "automated", "prune")
      : apiVersion.startsWith("kustomize.toolkit.fluxcd.io/")
        ? node.at("spec", "prune")
        : undefined;
  return prune?.value === true ? prune : undefined;
}

const appliedFolders = oncePer((resources: ResourceIndex) =>
  [...resources.ofKind("Kustomization"), ...resources.ofKind("Application")].flatMap((resource) => {
    const folder = appliedFolder(resource);
    return folder === undefined ? [] : [{ resource, folder }];
  }),
);

/** Those whose folder is filled in later, with what is known of its beginning: `apps/orders-${MODE}`. */
const openFolders = oncePer((resources: ResourceIndex) =>
  [...resources.ofKind("Kustomization"), ...resources.ofKind("Application")].flatMap((resource) => {
    const spec = resource.node.at("spec");
    const known = knownBeginning(spec?.text("source", "path") ?? spec?.text("path"));
    return known.includes("/") ? [{ resource, known }] : [];
  }),
);

/** Whether another resource may apply the file, from a folder below this one that is not known yet. */
function mayBeApplied(uri: string, below: string, { resources }: Workspace["everything"]): boolean {
  return openFolders(resources).some(({ known }) => known.startsWith(`${below}/`) && `/${uri}`.includes(`/${known}`));
}

/** Whether the resource applies a file from the folder: seen from a folder above its own, as the root of a repository is. */
function applies(resource: Resource, folder: string, uri: string): boolean {
  const own = resource.document.file.uri;
  for (let at = uri.indexOf(`/${folder}/`); at >= 0; at = uri.indexOf(`/${folder}/`, at + 1))
    if (own.startsWith(uri.slice(0, at + 1))) return true;
  return false;
}

/** The resources of Flux and Argo CD that apply the file of an object from their folder. */
export function appliersOf({ document }: Resource, { everything }: Pick<Workspace, "everything">): readonly Resource[] {
  return appliedFolders(everything.resources).flatMap(({ resource, folder }) =>
    applies(resource, folder, document.file.uri) && !mayBeApplied(document.file.uri, folder, everything)
      ? [resource]
      : [],
  );
}

/**
 * Durable databases in any unit whose files a resource of Flux or Argo CD applies from its folder, an operator's first: they lose most.
 * What another one applies from a folder further down is that one's.
 */
export function databasesIn(
  folder: string,
  by: Resource,
  { everything }: Pick<Workspace, "everything">,
): readonly Database[] {
  const found = new Map<string, Database>();
  const deeper = appliedFolders(everything.resources).filter((other) => other.folder.startsWith(`${folder}/`));
  for (const database of everything.topologies.flatMap(({ databases }) => databases)) {
    const { resource } = database;
    const { uri } = resource.document.file;
    if (!applies(by, folder, uri) || database.durability !== "durable") continue;
    if (deeper.some((other) => applies(other.resource, other.folder, uri))) continue;
    if (mayBeApplied(uri, folder, everything)) continue;
    found.set(`${uri} ${resource.node.span.start}`, database);
  }
  return [...found.values()].sort((a, b) => Number(a.operator === undefined) - Number(b.operator === undefined));
}
