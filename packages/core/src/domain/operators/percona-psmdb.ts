import type { Operator } from "../model/operator.ts";
import { sumOf } from "./count-instances.ts";
import { backupsOfPercona, demandedOfPercona, spanOf } from "./percona-backups.ts";

/** https://docs.percona.com/percona-operator-for-mongodb/operator.html */
export const perconaPsmdb: Operator = {
  name: "percona-psmdb",
  kinds: { PerconaServerMongoDB: ["psmdb.percona.com"], PerconaServerMongoDBBackup: ["psmdb.percona.com"] },
  databases: {
    PerconaServerMongoDB: {
      engine: "mongodb",
      instances: (node) => sumOf(node, ["spec", "replsets"], "size", 3),
      version: [],
      image: ["spec", "image"],
      parameters: [],
      backups: { path: ["spec", "backup"], enabled: "enabled", missing: "spec.backup.enabled is not true" },
      singleMemberFlag: "replsetSize",
    },
  },
  services: (name) => [
    [`${name}-mongos`, "any"],
    [`${name}-rs0`, "any"],
  ],
  nameLabels: ["app.kubernetes.io/instance"],
  backupsIn: (resource, { own, named }) => {
    const { kind, node } = resource;
    if (kind === "PerconaServerMongoDBBackup") {
      const cluster = named(node.string("spec", "clusterName"), ["PerconaServerMongoDB"]);
      const method = node.at("spec", "volumeSnapshotClass") === undefined ? "dump" : "volume-snapshot";
      return [demandedOfPercona(resource, { engine: "mongodb", method }, "clusterName", cluster)];
    }
    const section = node.at("spec", "backup");
    if (section?.boolean("enabled") !== true) return [];
    const span = spanOf(section, ["pitr", "oplogSpanMin"], 60, 600);
    return backupsOfPercona({
      engine: "mongodb",
      method: "dump",
      node: section,
      list: "tasks",
      span,
      databases: own(),
    });
  },
};
