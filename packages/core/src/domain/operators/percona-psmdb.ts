import type { Operator } from "../model/operator.ts";
import { sumOf } from "./count-instances.ts";

/** https://docs.percona.com/percona-operator-for-mongodb/operator.html */
export const perconaPsmdb: Operator = {
  name: "percona-psmdb",
  kinds: { PerconaServerMongoDB: ["psmdb.percona.com"] },
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
  backupsIn: ({ node }, { own }) =>
    node.boolean("spec", "backup", "enabled") === true
      ? [{ method: "dump", engine: "mongodb", schedule: undefined, databases: own() }]
      : [],
};
