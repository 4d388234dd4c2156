import { integerFact } from "../../kube/placeholder.ts";
import type { Operator } from "../model/operator.ts";

/** Oracle's. https://dev.mysql.com/doc/mysql-operator/en/mysql-operator-properties.html */
export const mysqlOperator: Operator = {
  name: "mysql-operator",
  kinds: { InnoDBCluster: ["mysql.oracle.com"] },
  databases: {
    InnoDBCluster: {
      engine: "mysql",
      instances: (node) => integerFact(node, ["spec", "instances"], 1),
      version: [["spec", "version"]],
      image: undefined,
      parameters: [["spec", "mycnf"]],
      hasOwnDefaults: true,
      storage: ["spec", "datadirVolumeClaimTemplate", "resources", "requests", "storage"],
    },
  },
  services: (name) => [
    [name, "primary"],
    [`${name}-instances`, "any"],
  ],
  nameLabels: ["mysql.oracle.com/cluster"],
  backupsIn: ({ node }, { own }) =>
    (node.at("spec", "backupSchedules")?.items().length ?? 0) === 0
      ? []
      : [{ method: "dump", engine: "mysql", schedule: undefined, databases: own() }],
};
