import { integerFact } from "../../kube/placeholder.ts";
import type { Operator } from "../model/operator.ts";

/** https://docs.percona.com/percona-operator-for-mysql/pxc/operator.html */
export const perconaPxc: Operator = {
  name: "percona-pxc",
  kinds: { PerconaXtraDBCluster: ["pxc.percona.com"] },
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
  backupsIn: ({ node }, { own }) =>
    node.at("spec", "backup", "storages") === undefined && node.at("spec", "backup", "schedule") === undefined
      ? []
      : [{ method: "physical", engine: "mysql", schedule: undefined, databases: own() }],
};
