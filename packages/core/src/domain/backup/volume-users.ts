import type { Resource } from "../../kube/resource.ts";
import type { Volume } from "../../kube/workload.ts";
import type { Workspace } from "../model/workspace.ts";

/** Whether something in view besides its own object reads a volume: another workload, a snapshot, a backup of the cluster. */
export function isVolumeUsedElsewhere(volume: Volume, resource: Resource, { everything }: Workspace): boolean {
  const { resources } = everything;
  return (
    [...resources].some(
      ({ workload }) =>
        workload !== undefined &&
        // The same object in another environment is no second user.
        (workload.resource.kind !== resource.kind || workload.resource.name !== resource.name) &&
        workload.volumes.some((each) => each.source === volume.source && each.sourceName === volume.sourceName),
    ) ||
    resources
      .ofKind("VolumeSnapshot")
      .some((each) => each.node.string("spec", "source", "persistentVolumeClaimName") === volume.sourceName) ||
    resources.ofKind("Schedule").length > 0
  );
}
