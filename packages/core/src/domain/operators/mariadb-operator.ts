import { integerFact, textFact } from "../../kube/placeholder.ts";
import type { Operator } from "../model/operator.ts";

/** The second is the name until version 0.0.24. */
const groups = ["k8s.mariadb.com", "mariadb.mmontes.io"];

/** https://github.com/mariadb-operator/mariadb-operator/blob/main/docs/api_reference.md */
export const mariadbOperator: Operator = {
  name: "mariadb-operator",
  kinds: {
    MariaDB: groups,
    Backup: groups,
    PhysicalBackup: groups,
  },
  databases: {
    MariaDB: {
      engine: "mariadb",
      instances: (node) => integerFact(node, ["spec", "replicas"], 1),
      version: [],
      image: ["spec", "image"],
      parameters: [["spec", "myCnf"]],
      storage: ["spec", "storage", "size"],
      resources: ["spec", "resources"],
      claimDeletion: {
        path: ["spec", "storage", "pvcRetentionPolicy", "whenDeleted"],
        deletes: "Delete",
        keeps: "Retain",
      },
      spreads: false,
    },
  },
  services: (name) => [
    [name, "any"],
    [`${name}-primary`, "primary"],
    [`${name}-secondary`, "replicas"],
    [`${name}-internal`, "any"],
  ],
  nameLabels: ["app.kubernetes.io/instance"],
  backupsIn({ kind, node }, { named }) {
    if (kind !== "Backup" && kind !== "PhysicalBackup") return [];
    const schedule = node.at("spec", "schedule", "cron");
    return [
      {
        method: kind === "Backup" ? "dump" : "physical",
        engine: "mariadb",
        schedule: schedule === undefined ? undefined : textFact(schedule),
        databases: named(node.string("spec", "mariaDbRef", "name"), ["MariaDB"]),
      },
    ];
  },
};
