import type { Resource } from "../../kube/resource.ts";
import { directoryPath } from "../../text/scan.ts";
import type { Database } from "../model/database.ts";
import type { Workspace } from "../model/workspace.ts";

/** The folder that a Flux Kustomization or an Argo CD Application applies; undefined: the whole repository, or not known yet. */
export function appliedFolder(resource: Resource): string | undefined {
  const text =
    resource.kind === "Application"
      ? resource.node.string("spec", "source", "path")
      : resource.node.string("spec", "path");
  const path = directoryPath((text ?? "").replace(/^\.?\/+/, ""));
  return path === "" || path === "." || /[$<{]/.test(path) ? undefined : path;
}

/**
 * Durable databases in any unit whose files a resource of Flux or Argo CD applies from its folder, an operator's first: they lose most.
 * What another one applies from a folder further down is that one's.
 */
export function databasesIn(folder: string, { everything }: Workspace): readonly Database[] {
  const found = new Map<string, Database>();
  const deeper = [
    ...everything.resources.ofKind("Kustomization"),
    ...everything.resources.ofKind("Application"),
  ].flatMap((resource) => {
    const other = appliedFolder(resource);
    return other?.startsWith(`${folder}/`) === true ? [other] : [];
  });
  for (const database of everything.topologies.flatMap(({ databases }) => databases)) {
    const { resource } = database;
    const { uri } = resource.document.file;
    if (!uri.includes(`/${folder}/`) || database.durability !== "durable") continue;
    if (deeper.some((other) => uri.includes(`/${other}/`))) continue;
    found.set(`${resource.document.file.uri} ${resource.node.span.start}`, database);
  }
  return [...found.values()].sort((a, b) => Number(a.operator === undefined) - Number(b.operator === undefined));
}
