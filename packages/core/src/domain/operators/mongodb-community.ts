import { integerFact } from "../../kube/placeholder.ts";
import type { Operator } from "../model/operator.ts";

/** https://github.com/mongodb/mongodb-kubernetes/tree/master/docs/mongodbcommunity */
export const mongodbCommunity: Operator = {
  name: "mongodb-community",
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
