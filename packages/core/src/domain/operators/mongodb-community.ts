import { integerFact } from "../../kube/placeholder.ts";
import type { Operator } from "../model/operator.ts";

/** https://github.com/mongodb/mongodb-kubernetes/tree/master/docs/mongodbcommunity */
export const mongodbCommunity: Operator = {
  name: "mongodb-community",
  title: "the MongoDB operator",
  onDelete: {
    claims: "stay: they are those of a StatefulSet",
    backups: "it takes none",
    secrets:
      "those it generated go: key file, agent's password, connection strings; users' passwords that you made stay",
    source: "https://github.com/mongodb/mongodb-kubernetes-operator/blob/master/controllers/replica_set_controller.go",
    read: "2025-05",
  },
  // https://www.mongodb.com/docs/kubernetes/current/tutorial/upgrade-mdb-version
  majorUpgrade:
    "leave `featureCompatibilityVersion` at the series before until the new one has run for some days, because after that only a backup leads back",
  kinds: { MongoDBCommunity: ["mongodbcommunity.mongodb.com"] },
  databases: {
    MongoDBCommunity: {
      engine: "mongodb",
      instances: (node) => integerFact(node, ["spec", "members"], 1),
      version: [["spec", "version"]],
      image: undefined,
      parameters: [],
      hasOwnDefaults: true,
    },
  },
  services: (name) => [[`${name}-svc`, "any"]],
};
