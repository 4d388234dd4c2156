import { integerFact } from "../../kube/placeholder.ts";
import type { Operator } from "../model/operator.ts";
import { backupsOfPercona, demandedOfPercona, spanOf } from "./percona-backups.ts";

/** https://docs.percona.com/percona-operator-for-mysql/pxc/operator.html */
export const perconaPxc: Operator = {
  name: "percona-pxc",
  kinds: { PerconaXtraDBCluster: ["pxc.percona.com"], PerconaXtraDBClusterBackup: ["pxc.percona.com"] },
  databases: {
    PerconaXtraDBCluster: {
      engine: "mysql",
      instances: (node) => integerFact(node, ["spec", "pxc", "size"], 3),
      version: [],
      image: ["spec", "pxc", "image"],
      parameters: [["spec", "pxc", "configuration"]],
      hasOwnDefaults: true, // the operator tunes the buffer pool and max_connections
      resources: ["spec", "pxc", "resources"],
      backups: { path: ["spec", "backup"], list: "storages", missing: "spec.backup names no storage" },
      singleMemberFlag: "pxcSize",
    },
  },
  services: (name) => [
    [`${name}-haproxy`, "primary"],
    [`${name}-haproxy-replicas`, "replicas"],
    [`${name}-proxysql`, "primary"],
    [`${name}-pxc`, "any"],
  ],
  nameLabels: ["app.kubernetes.io/instance"],
  backupsIn: (resource, { own, named }) => {
    const { kind, node } = resource;
    if (kind === "PerconaXtraDBClusterBackup") {
      const cluster = named(node.string("spec", "pxcCluster"), ["PerconaXtraDBCluster"]);
      return [demandedOfPercona(resource, { engine: "mysql", method: "physical" }, "pxcCluster", cluster)];
    }
    const section = node.at("spec", "backup");
    if (section === undefined || (section.at("storages") === undefined && section.at("schedule") === undefined))
      return [];
    const span = spanOf(section, ["pitr", "timeBetweenUploads"], 1, 60);
    return backupsOfPercona({
      engine: "mysql",
      method: "physical",
      node: section,
      list: "schedule",
      span,
      databases: own(),
    });
  },
};
