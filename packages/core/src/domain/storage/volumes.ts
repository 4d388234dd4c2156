import type { Resource } from "../../kube/resource.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import { oncePer } from "../../text/once.ts";
import type { YamlNode } from "../../yaml/node.ts";
import type { Database } from "../model/database.ts";
import type { Workspace } from "../model/workspace.ts";

/** Classes and volumes by name, of equal names the first. */
const storageOf = oncePer((resources: ResourceIndex) => {
  const volumes = resources.ofKind("PersistentVolume");
  const volumesOfClass = new Map<string, Resource[]>();
  for (const volume of volumes) {
    const className = volume.node.string("spec", "storageClassName");
    if (className !== undefined) volumesOfClass.set(className, [...(volumesOfClass.get(className) ?? []), volume]);
  }
  return { classes: firstByName(resources.ofKind("StorageClass")), volumes: firstByName(volumes), volumesOfClass };
});

function firstByName(resources: readonly Resource[]): ReadonlyMap<string, Resource> {
  return new Map([...resources].reverse().map((resource) => [resource.name, resource]));
}

/** The StorageClass a claim names, when it is in view. */
export function storageClassOf(claimSpec: YamlNode, resources: ResourceIndex): Resource | undefined {
  return classNamed(claimSpec.string("storageClassName"), resources);
}

function classNamed(name: string | undefined, resources: ResourceIndex): Resource | undefined {
  return name === undefined || name === "" ? undefined : storageOf(resources).classes.get(name);
}

/** Names the class of a claim, deprecated since 1.6 and still read. https://kubernetes.io/docs/concepts/storage/persistent-volumes/#class */
export const classAnnotation = "volume.beta.kubernetes.io/storage-class";

/** A claim, or the template of one, that a database's workload uses. */
export function claimsOfDatabase(
  database: Database,
  resources: ResourceIndex,
): readonly { readonly holder: YamlNode; readonly spec: YamlNode }[] {
  return (database.workload?.volumes ?? []).flatMap((volume) => {
    const claim =
      volume.source === "claim" && volume.sourceName !== undefined
        ? resources.find("PersistentVolumeClaim", volume.sourceName, database.resource)?.node
        : undefined;
    const holder = claim ?? volume.node;
    const spec = volume.claimSpec ?? claim?.at("spec");
    return spec === undefined ? [] : [{ holder, spec }];
  });
}

/** The class of the claim that holds the data, when both are in view. */
export function dataClassOf(
  database: Database,
  { resources, everything }: Workspace,
): { readonly spec: YamlNode; readonly storageClass: Resource } | undefined {
  const data = database.dataDirectory?.mount?.volume;
  if (data === undefined) return undefined;
  for (const { holder, spec } of claimsOfDatabase(database, resources)) {
    if (holder !== data.node && data.claimSpec !== spec && data.source !== "claim") continue;
    const storageClass = storageClassOf(spec, everything.resources);
    if (storageClass !== undefined) return { spec, storageClass };
  }
  return undefined;
}

/** The hand-made PersistentVolumes that name a class. */
export function volumesOfClass(className: string, resources: ResourceIndex): readonly Resource[] {
  return storageOf(resources).volumesOfClass.get(className) ?? [];
}

const usersIn = oncePer(({ topology, resources }: Workspace): ReadonlyMap<Resource, readonly Database[]> => {
  const found = new Map<Resource, Database[]>();
  for (const database of topology.databases)
    for (const { holder, spec } of claimsOfDatabase(database, resources)) {
      const name = spec.string("storageClassName") ?? holder.string("metadata", "annotations", classAnnotation);
      const volumeName = spec.string("volumeName");
      const used = [
        classNamed(name, resources),
        volumeName === undefined ? undefined : storageOf(resources).volumes.get(volumeName),
      ];
      for (const each of used) {
        const others = each === undefined ? undefined : (found.get(each) ?? []);
        if (each !== undefined && others?.includes(database) === false) found.set(each, [...others, database]);
      }
    }
  return found;
});

/** The databases whose claims use a StorageClass or name a PersistentVolume of the unit. */
export function usersOfStorage(storage: Resource, workspace: Workspace): readonly Database[] {
  return usersIn(workspace).get(storage) ?? [];
}

/** The hand-made PersistentVolume that a claim is meant for: by name, or as the only one of its class. */
export function volumeOf(claimSpec: YamlNode, resources: ResourceIndex): Resource | undefined {
  const { volumes, volumesOfClass } = storageOf(resources);
  const name = claimSpec.string("volumeName");
  if (name !== undefined) return volumes.get(name);
  const className = claimSpec.string("storageClassName");
  const sameClass = className === undefined ? undefined : volumesOfClass.get(className);
  return sameClass?.length === 1 ? sameClass[0] : undefined;
}

// Provisioners that hand out a directory, not a freshly formatted disk: no lost+found there.
const directories =
  /nfs|efs|local-path|hostpath|host-path|azurefile|azure-file|cephfs|filestore|manual|minikube|glusterfs|smb/i;

/** The claim gets a directory of a file system that others use too (nfs, local-path, hostPath), as far as can be seen. */
export function isDirectoryVolume(claimSpec: YamlNode, resources: ResourceIndex): boolean {
  const className = claimSpec.string("storageClassName") ?? "";
  const provisioner = storageClassOf(claimSpec, resources)?.node.string("provisioner") ?? "";
  if (directories.test(className) || directories.test(provisioner)) return true;
  const volume = volumeOf(claimSpec, resources)?.node.at("spec");
  return (
    volume !== undefined &&
    (volume.at("hostPath") !== undefined || volume.at("nfs") !== undefined || volume.at("local") !== undefined)
  );
}
