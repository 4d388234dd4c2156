import { backupCoverage } from "../../domain/backup/backup-coverage.ts";
import { nameOf } from "../../domain/model/names.ts";
import { claimsOfDatabase, storageClassOf } from "../../domain/storage/volumes.ts";
import { isReplicated } from "../../domain/workspace/conditions.ts";
import { backupKinds } from "../../facts/kinds.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "volume-on-one-node",
  subject: "database",
  meta: {
    summary: "The only copy of the data is a directory on one node.",
    rationale:
      "Classes such as local-path provide a directory on the node: no size limit, no growth, no snapshot, and the Pod is tied to that node. If the node is lost, the data is lost, and nothing in view has another copy.",
    remedy: "Add a backup outside the cluster, replicas on other nodes, or use a class with network disks.",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "folder",
    misses: backupKinds,
    references: ["https://github.com/rancher/local-path-provisioner"],
    quietWhen:
      "a backup is in view, the configuration says `backups: elsewhere`, the members replicate, or the data is declared a cache.",
  },
  check(database, { workspace, report }) {
    const { workload, resource, durability, dataDirectory } = database;
    if (workload === undefined || durability !== "durable" || isReplicated(database)) return;
    const data = dataDirectory?.mount?.volume;
    if (data === undefined || workspace.backupsAre === "elsewhere") return;
    const coverage = backupCoverage(workspace);
    if (coverage.covers(database) || coverage.mayCover(database)) return;
    for (const { holder, spec } of claimsOfDatabase(database, workspace.resources)) {
      if (holder !== data.node && data.sourceName !== holder.string("metadata", "name")) continue;
      const className = spec.at("storageClassName");
      const provisioner = storageClassOf(spec, workspace.everything.resources)?.node.string("provisioner") ?? "";
      if (className === undefined || !(onNode.test(className.text() ?? "") || localProvisioner.test(provisioner)))
        continue;
      report({
        message: `The data of ${nameOf(resource)} is a directory on one node (class ${className.text() ?? ""}), with no replica and no backup in view: it is lost with that node.`,
        at: className,
      });
    }
  },
});

const onNode = /^(local-path|hostpath|microk8s-hostpath|openebs-hostpath)$/;
const localProvisioner =
  /^(rancher\.io\/local-path|k8s\.io\/minikube-hostpath|microk8s\.io\/hostpath|docker\.io\/hostpath|openebs\.io\/local)$/;
