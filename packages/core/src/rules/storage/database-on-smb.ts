import { nameOf, serverName } from "../../domain/model/names.ts";
import { dataClassOf } from "../../domain/storage/volumes.ts";
import type { Engine } from "../../facts/engines.ts";
import type { Resource } from "../../kube/resource.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "database-on-smb",
  subject: "database",
  meta: {
    summary: "The data of a database is on an SMB share.",
    rationale:
      "SMB has neither hard links nor modes and owners of its own: initdb fails at `chmod`, mysqld and mongod refuse or corrupt their files when the share reconnects.",
    remedy: "Use a class of block storage (on Azure `disk.csi.azure.com`), or NFS: `protocol: nfs` of the same driver.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://github.com/docker-library/postgres/issues/548",
      "https://learn.microsoft.com/en-us/azure/aks/azure-csi-files-storage-provision",
    ],
    quietWhen: "the class asks for NFS, is not in view, or the engine is another one.",
  },
  check(database, { workspace, report }) {
    if (!engines.has(database.engine)) return;
    const { spec, storageClass } = dataClassOf(database, workspace) ?? {};
    if (spec === undefined || storageClass === undefined || !isSmb(storageClass)) return;
    report({
      message: `${serverName(database)} of ${nameOf(database.resource)} cannot keep its data on class ${storageClass.name}: it hands out SMB shares (${storageClass.node.string("provisioner")}), which have no hard links and fixed file modes.`,
      at: spec.nearest("storageClassName"),
      related: [{ message: "the class", at: storageClass.node.nearest("provisioner") }],
    });
  },
});

const engines: ReadonlySet<Engine> = new Set(["postgresql", "mysql", "mariadb", "mongodb"]);

function isSmb({ node }: Resource): boolean {
  const provisioner = node.string("provisioner") ?? "";
  if (provisioner === "smb.csi.k8s.io") return true;
  const isAzureFiles = provisioner === "file.csi.azure.com" || provisioner === "kubernetes.io/azure-file";
  return isAzureFiles && (node.text("parameters", "protocol") ?? "smb").toLowerCase() === "smb";
}
