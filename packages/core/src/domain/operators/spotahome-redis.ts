import { integerFact } from "../../kube/placeholder.ts";
import type { Operator } from "../model/operator.ts";

/** https://github.com/spotahome/redis-operator/blob/master/api/redisfailover/v1/types.go */
export const spotahomeRedis: Operator = {
  name: "spotahome-redis",
  title: "the Redis operator",
  onDelete: {
    claims: "go, unless `redis.storage.keepAfterDeletion` is true",
    backups: "it takes none",
    secrets: "it makes none",
    source: "https://github.com/spotahome/redis-operator/blob/master/operator/redisfailover/service/generator.go",
    read: "2023-08",
  },
  kinds: { RedisFailover: ["databases.spotahome.com"] },
  databases: {
    RedisFailover: {
      engine: "redis",
      instances: (node) => integerFact(node, ["spec", "redis", "replicas"], 3),
      version: [],
      image: ["spec", "redis", "image"],
      parameters: [],
      hasOwnDefaults: true, // customConfig is a list of lines
      storage: ["spec", "redis", "storage", "persistentVolumeClaim", "spec", "resources", "requests", "storage"],
      keepsNothingWithout: ["spec", "redis", "storage", "persistentVolumeClaim"],
      resources: ["spec", "redis", "resources"],
      claimDeletion: {
        path: ["spec", "redis", "storage", "keepAfterDeletion"],
        deletes: ["false"],
        keeps: true,
        standard: "false",
      },
    },
  },
  // rfs-… leads to the Sentinels.
  services: (name) => [
    [`rfr-${name}`, "any"],
    [`rfrm-${name}`, "primary"],
    [`rfrs-${name}`, "replicas"],
  ],
};
