import type { Resource } from "../kube/resource.ts";
import type { ResourceIndex } from "../kube/resource-index.ts";
import type { YamlNode } from "../yaml/node.ts";

/** The StorageClass a claim names, when it is in view. */
export function storageClassOf(claimSpec: YamlNode, resources: ResourceIndex): Resource | undefined {
  const name = claimSpec.string("storageClassName");
  return name === undefined || name === ""
    ? undefined
    : resources.ofKind("StorageClass").find((candidate) => candidate.name === name);
}

/** The hand-made PersistentVolume that a claim is meant for: by name, or as the only one of its class. */
export function volumeOf(claimSpec: YamlNode, resources: ResourceIndex): Resource | undefined {
  const volumes = resources.ofKind("PersistentVolume");
  const name = claimSpec.string("volumeName");
  if (name !== undefined) return volumes.find((volume) => volume.name === name);
  const className = claimSpec.string("storageClassName");
  const sameClass = volumes.filter(
    (volume) => className !== undefined && volume.node.string("spec", "storageClassName") === className,
  );
  return sameClass.length === 1 ? sameClass[0] : undefined;
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
