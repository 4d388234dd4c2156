import type { Workspace } from "../domain/model/workspace.ts";
import type { Resource } from "../kube/resource.ts";
import type { LintCounts } from "./result.ts";

export type Counts = { -readonly [Name in keyof Omit<LintCounts, "files" | "documents">]: number };

export const noCounts = (): Counts => ({
  objects: 0,
  databases: 0,
  poolers: 0,
  clients: 0,
  migrations: 0,
  backups: 0,
  scripts: 0,
  resolvedHosts: 0,
});

/** Adds what a unit holds in the requested files; what several units share counts once. */
export function count(
  workspace: Workspace,
  requested: ReadonlySet<string>,
  counted: Set<unknown>,
  counts: Counts,
): void {
  const isRequested = (resource: Resource): boolean => requested.has(resource.document.file.uri);
  const once = (key: string): boolean => {
    if (counted.has(key)) return false;
    counted.add(key);
    return true;
  };
  const identity = (resource: Resource, what: string): string =>
    `${what} ${resource.document.file.uri} ${resource.node.span.start}`;
  const { topology, resources } = workspace;
  for (const resource of resources) if (isRequested(resource) && once(identity(resource, "object"))) counts.objects++;
  for (const each of topology.databases)
    if (isRequested(each.resource) && once(identity(each.resource, `database ${each.engine}`))) counts.databases++;
  for (const each of topology.poolers)
    if (isRequested(each.resource) && once(identity(each.resource, `pooler ${each.container?.name ?? ""}`)))
      counts.poolers++;
  for (const each of topology.migrations)
    if (
      isRequested(each.workload.resource) &&
      once(identity(each.workload.resource, `migration ${each.container.name}`))
    )
      counts.migrations++;
  for (const each of topology.backups)
    if (isRequested(each.resource) && once(identity(each.resource, `backup ${each.container?.name ?? ""}`)))
      counts.backups++;
  for (const each of topology.clients)
    if (
      isRequested(each.container.workload.resource) &&
      once(identity(each.container.workload.resource, `client ${each.container.name} ${each.host.host}`))
    )
      counts.clients++;
  for (const each of topology.hosts)
    if (
      isRequested(each.writtenBy) &&
      each.reaches.state !== "unknown" &&
      once(`host ${each.file.uri} ${each.span.start}`)
    )
      counts.resolvedHosts++;
}
