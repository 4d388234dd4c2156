import { shortName } from "../../domain/model/names.ts";
import type { Workspace } from "../../domain/model/workspace.ts";
import { usersOfStorage, volumesOfClass } from "../../domain/storage/volumes.ts";
import type { Resource } from "../../kube/resource.ts";
import { procedure } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "volume-bound-before-pod",
  subject: "resource",
  kinds: ["StorageClass"],
  meta: {
    summary: "A database's storage class creates disks before the Pods are scheduled.",
    rationale:
      "With `volumeBindingMode: Immediate`, the default, a disk is created in any zone or on any node. The Pod has to follow it, whatever its affinity says: `volume node affinity conflict`, or two members with their disks in one zone.",
    remedy: "Use a class with `volumeBindingMode: WaitForFirstConsumer`. The field cannot change on an existing class.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "procedure",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode"],
    quietWhen:
      "no database in view uses the class, it names its zone, its hand-made volumes in view are on NFS, iSCSI or Ceph, or its driver reaches every node.",
  },
  check(resource, { workspace, report }) {
    const provisioner = resource.node.string("provisioner") ?? "";
    const mode = resource.node.at("volumeBindingMode");
    if (!boundToPlace.test(provisioner) || (mode !== undefined && mode.string() !== "Immediate")) return;
    if (resource.node.at("allowedTopologies") !== undefined) return;
    if (["zone", "zones", "availability"].some((name) => resource.node.at("parameters", name) !== undefined)) return;
    if (isReachedFromEverywhere(resource, workspace)) return;
    const [user] = usersOfStorage(resource, workspace);
    if (user === undefined) return;
    const isByHand = provisioner === "kubernetes.io/no-provisioner";
    report({
      message: `Class ${resource.name} ${isByHand ? "binds" : "creates"} the ${isByHand ? "volume" : "disk"} of ${shortName(user.resource)} before its Pod is scheduled (volumeBindingMode Immediate${mode === undefined ? ", the default" : ""}): if ${isByHand ? "the Pod may not or cannot run on that volume's node, it" : "free nodes are in another zone than the disk, the Pod"} stays Pending.`,
      at: mode ?? resource.node.nearest("provisioner"),
      related: [{ message: `${shortName(user.resource)} uses it`, at: user.resource.node.nearest("metadata", "name") }],
      fixes: [
        procedure("Show how to change the binding mode", "New claims only; existing disks stay where they are.", [
          `Create a class ${resource.name}-wait with the same fields and volumeBindingMode WaitForFirstConsumer.`,
          `Name it in new claims; existing claims keep ${resource.name}.`,
        ]),
      ],
    });
  },
});

/** Hand-made volumes of servers on the network; a cloud's disk lies in a zone, a directory on a node. */
function isReachedFromEverywhere({ name }: Resource, { resources }: Workspace): boolean {
  const volumes = volumesOfClass(name, resources);
  return (
    volumes.length > 0 &&
    volumes.every(({ node }) => ["nfs", "iscsi", "cephfs", "rbd"].some((key) => node.at("spec", key) !== undefined))
  );
}

/** Drivers whose disks belong to one zone or node. */
const boundToPlace =
  /^(ebs\.csi\.aws\.com|pd\.csi\.storage\.gke\.io|disk\.csi\.azure\.com|cinder\.csi\.openstack\.org|kubernetes\.io\/(aws-ebs|gce-pd|azure-disk|cinder|no-provisioner)|topolvm\.io|topolvm\.cybozu\.com|local\.csi\.openebs\.io|openebs\.io\/local|zfs\.csi\.openebs\.io)$/;
