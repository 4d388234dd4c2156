import { nameOf, serverName } from "../../domain/model/names.ts";
import { accessModes, claimOf, isSingleWriter } from "../../domain/workspace/conditions.ts";
import { defineRule } from "../../rule/rule.ts";

// Classes that offer nothing else. A hand-made NFS volume is none of them.
const onlyShared = /efs|azurefile|azure-file|cephfs|filestore|nfs|longhorn-rwx|gluster/i;

export default defineRule({
  id: "shared-access-mode-for-database",
  subject: "database",
  meta: {
    summary: "The data claim of a server that needs its directory to itself may be mounted by many nodes at once.",
    rationale:
      "ReadWriteMany lets two Pods on two nodes open the same data directory: lock files do not reach across nodes on many network file systems, and both servers write.",
    remedy:
      "Use ReadWriteOnce, or ReadWriteOncePod where the driver supports it. Access modes of an existing claim are immutable: move the data to a new claim.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes"],
    quietWhen: "the storage class is one that only offers ReadWriteMany.",
  },
  check(database, { workspace, report }) {
    const { workload, dataDirectory, resource } = database;
    const mount = dataDirectory?.mount;
    if (workload === undefined || mount === undefined || !isSingleWriter(database)) return;
    const claim = claimOf(workload, mount.name, workspace.resources);
    if (claim === undefined) return;
    const modes = accessModes(claim.spec);
    const at = claim.spec.nearest("accessModes");
    if (modes.length > 0 && modes.every((mode) => mode === "ReadOnlyMany")) {
      report({
        message: `${serverName(database)} of ${nameOf(resource)} cannot write: its data claim is ReadOnlyMany.`,
        at,
        severity: "error",
      });
      return;
    }
    if (!modes.includes("ReadWriteMany") || onlyShared.test(claim.spec.string("storageClassName") ?? "")) return;
    report({
      message: `The data of ${nameOf(resource)} is ReadWriteMany: Pods on two nodes may open ${dataDirectory?.path.value ?? "it"} at once, and ${serverName(database)} has no lock that prevents it.`,
      at,
    });
  },
});
