import { isOfOperator } from "../domain/operators/read-operators.ts";
import { usersOfStorage } from "../domain/storage/volumes.ts";
import type { Volume } from "../kube/workload.ts";
import type { Side } from "./change.ts";
import { isSet } from "./claims.ts";

/** The object is a database, makes claims, or is storage that a database in view uses. */
export function holdsDatabase(side: Side): boolean {
  const { resource, database, workspace } = side;
  if (database !== undefined) return true;
  switch (resource.kind) {
    case "StatefulSet":
      return isSet(resource) && (resource.node.at("spec", "volumeClaimTemplates")?.items().length ?? 0) > 0;
    case "PersistentVolumeClaim":
      return isUsedByDatabase(side);
    case "PersistentVolume":
    case "StorageClass":
      return usersOfStorage(resource, workspace).length > 0;
    default:
      return false;
  }
}

/** A database in view mounts the claim, or a backup of one, whose dumps it holds. */
export function isUsedByDatabase({ resource, workspace }: Side): boolean {
  const { databases, backups } = workspace.topology;
  const isIt = (volume: Volume | undefined): boolean =>
    volume?.source === "claim" && volume.sourceName === resource.name;
  return (
    databases.some(({ workload }) => workload?.volumes.some(isIt)) ||
    backups.some(({ container }) => container?.mounts.some(({ volume }) => isIt(volume)))
  );
}

/** What a change of the object does is of interest to who runs the databases. */
export function isOurs(side: Side): boolean {
  const { resource, workspace } = side;
  const { resources, topology } = workspace;
  const { workload } = resource;
  if (holdsDatabase(side) || dataKinds.has(resource.kind) || isOfOperator(resource)) return true;
  if (workload !== undefined) return topology.concerns(workload);
  if (topology.poolers.some((pooler) => pooler.resource === resource)) return true;
  if (topology.backups.some((backup) => backup.resource === resource)) return true;
  if (resource.kind === "Service" || resource.kind === "PodDisruptionBudget")
    return resources.selectedBy(resource).some((selected) => topology.concerns(selected));
  return resource.kind === "ConfigMap" || resource.kind === "Secret";
}

const dataKinds: ReadonlySet<string> = new Set(["PersistentVolumeClaim", "PersistentVolume", "StorageClass"]);
