import { parseGoDuration } from "../../kube/duration.ts";
import { integerFact } from "../../kube/placeholder.ts";
import { byDefault, type Fact, known, unknown } from "../../yaml/fact.ts";
import { keyOf, type YamlNode } from "../../yaml/node.ts";
import type { Operator } from "../model/operator.ts";
import { backupsOfPercona, demandedOfPercona } from "./percona-backups.ts";

const group = ["ps.percona.com"];

/** https://docs.percona.com/percona-operator-for-mysql/ps/operator.html */
export const perconaPs: Operator = {
  name: "percona-ps",
  kinds: { PerconaServerMySQL: group, PerconaServerMySQLBackup: group },
  databases: {
    PerconaServerMySQL: {
      engine: "mysql",
      instances: (node) => integerFact(node, ["spec", "mysql", "size"], 3),
      version: [],
      image: ["spec", "mysql", "image"],
      parameters: [["spec", "mysql", "configuration"]],
      hasOwnDefaults: true, // the operator tunes the buffer pool and max_connections
      storage: ["spec", "mysql", "volumeSpec", "persistentVolumeClaim", "resources", "requests", "storage"],
      resources: ["spec", "mysql", "resources"],
      backups: { path: ["spec", "backup"], list: "storages", missing: "spec.backup names no storage" },
    },
  },
  services: (name) => [
    [`${name}-haproxy`, "primary"],
    [`${name}-router`, "primary"],
    [`${name}-mysql-primary`, "primary"],
    [`${name}-mysql`, "any"],
  ],
  nameLabels: ["app.kubernetes.io/instance"],
  backupsIn: (resource, { own, named }) => {
    const { kind, node } = resource;
    if (kind === "PerconaServerMySQLBackup") {
      const cluster = named(node.string("spec", "clusterName"), ["PerconaServerMySQL"]);
      return [demandedOfPercona(resource, { engine: "mysql", method: "physical" }, "clusterName", cluster)];
    }
    const section = node.at("spec", "backup");
    if (section?.boolean("enabled") === false || section?.at("storages") === undefined) return [];
    return backupsOfPercona({
      engine: "mysql",
      method: "physical",
      node: section,
      list: "schedule",
      span: uploadInterval(section),
      databases: own(),
    });
  },
};

/** How often the binlog server uploads; its CRD fills in 30s. */
function uploadInterval(section: YamlNode): Fact<number> {
  const path = ["pitr", "binlogServer", "checkpointInterval"] as const;
  const node = section.at(...path);
  if (node === undefined) return byDefault(30, keyOf(section.nearest(...path)));
  const seconds = parseGoDuration(node.text() ?? "");
  return seconds === undefined ? unknown(node, "it is filled in later") : known(seconds, node);
}
