import type { Resource } from "../../kube/resource.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import type { Volume, Workload } from "../../kube/workload.ts";
import { oncePer } from "../../text/once.ts";
import type { Workspace } from "../model/workspace.ts";

const usersByVolume = oncePer((resources: ResourceIndex): ReadonlyMap<string, readonly Workload[]> => {
  const users = new Map<string, Workload[]>();
  for (const { workload } of resources)
    for (const key of new Set(workload?.volumes.map(keyOf)))
      if (workload !== undefined) users.set(key, [...(users.get(key) ?? []), workload]);
  return users;
});

function keyOf({ source, sourceName }: Volume): string {
  return `${source} ${sourceName}`;
}

/** The workloads in view, in whatever unit, that use a volume besides its own object. */
export function otherUsersOf(volume: Volume, { kind, name }: Resource, { everything }: Workspace): readonly Workload[] {
  const users = usersByVolume(everything.resources).get(keyOf(volume)) ?? [];
  // The same object in another environment is no second user.
  return users.filter(({ resource }) => resource.kind !== kind || resource.name !== name);
}

/** Whether something in view besides its own object reads a volume: another workload, a snapshot, a backup of the cluster. */
export function isVolumeUsedElsewhere(volume: Volume, resource: Resource, workspace: Workspace): boolean {
  const { resources } = workspace.everything;
  return (
    otherUsersOf(volume, resource, workspace).length > 0 ||
    resources
      .ofKind("VolumeSnapshot")
      .some((each) => each.node.string("spec", "source", "persistentVolumeClaimName") === volume.sourceName) ||
    resources.ofKind("Schedule").length > 0
  );
}
