import type { Workspace } from "../domain/model/workspace.ts";
import type { Resource } from "../kube/resource.ts";
import type { LintCounts } from "./result.ts";

/** Adds what a unit holds in the asked files; what several units share counts once. */
export function count(
  workspace: Workspace,
  asked: ReadonlySet<string>,
  counted: Set<unknown>,
  counts: { -readonly [Name in keyof Omit<LintCounts, "files" | "documents">]: number },
): void {
  const isAsked = (resource: Resource): boolean => asked.has(resource.document.file.uri);
  const once = (key: string): boolean => {
    if (counted.has(key)) return false;
    counted.add(key);
    return true;
  };
  const identity = (resource: Resource, what: string): string =>
    `${what} ${resource.document.file.uri} ${resource.node.span.start}`;
  const { topology, resources } = workspace;
  for (const resource of resources) if (isAsked(resource) && once(identity(resource, "object"))) counts.objects++;
  for (const each of topology.databases)
    if (isAsked(each.resource) && once(identity(each.resource, `database ${each.engine}`))) counts.databases++;
  for (const each of topology.poolers)
    if (isAsked(each.resource) && once(identity(each.resource, `pooler ${each.container?.name ?? ""}`)))
      counts.poolers++;
  for (const each of topology.migrations)
    if (isAsked(each.workload.resource) && once(identity(each.workload.resource, `migration ${each.container.name}`)))
      counts.migrations++;
  for (const each of topology.backups)
    if (isAsked(each.resource) && once(identity(each.resource, `backup ${each.container?.name ?? ""}`)))
      counts.backups++;
  for (const each of topology.clients)
    if (
      isAsked(each.container.workload.resource) &&
      once(identity(each.container.workload.resource, `client ${each.container.name} ${each.host.host}`))
    )
      counts.clients++;
  for (const each of topology.hosts)
    if (isAsked(each.writtenBy) && each.reaches.state !== "unknown" && once(`host ${each.file.uri} ${each.span.start}`))
      counts.resolvedHosts++;
}
