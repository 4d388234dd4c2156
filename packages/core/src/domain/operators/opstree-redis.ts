import { integerFact } from "../../kube/placeholder.ts";
import type { OperatedDatabase, Operator } from "../model/operator.ts";
import { openingsOf } from "./openings.ts";

const group = ["redis.redis.opstreelabs.in"];
const storage = ["spec", "storage", "volumeClaimTemplate", "spec", "resources", "requests", "storage"];

/** Settings are in a ConfigMap that the resource names, which is not read. */
const database = (instances: OperatedDatabase["instances"]): OperatedDatabase => ({
  engine: "redis",
  instances,
  version: [],
  image: ["spec", "kubernetesConfig", "image"],
  versionedImages: /^(?:opstree\/|library\/)?redis$/,
  parameters: [],
  hasOwnDefaults: true,
  storage,
  keepsNothingWithout: ["spec", "storage"],
  // https://github.com/OT-CONTAINER-KIT/redis-operator/blob/main/internal/k8sutils/finalizer.go (v0.26, 2026)
  claimDeletion: { path: ["spec", "storage", "keepAfterDelete"], deletes: ["false"], keeps: true, standard: "false" },
});

const opened = openingsOf({ at: ["spec", "kubernetesConfig", "service"] });
const resources = ["spec", "kubernetesConfig", "resources"];

/** https://github.com/OT-CONTAINER-KIT/redis-operator/tree/main/api */
export const opstreeRedis: Operator = {
  name: "opstree-redis",
  title: "the Redis operator",
  onDelete: {
    claims: "go, unless `storage.keepAfterDelete` is true",
    backups: "it takes none",
    secrets: "it makes none",
    source: "https://github.com/OT-CONTAINER-KIT/redis-operator/blob/main/internal/k8sutils/finalizer.go",
    read: "2026-08",
  },
  kinds: { Redis: group, RedisReplication: group, RedisCluster: group },
  databases: {
    Redis: { ...database((node) => integerFact(node, ["spec", "replicas"], 1)), resources },
    RedisReplication: { ...database((node) => integerFact(node, ["spec", "clusterSize"], 3)), resources },
    // Leaders, each with a follower; both may have resources of their own.
    RedisCluster: database((node) => integerFact(node, ["spec", "clusterSize"], 3)),
  },
  openings: { Redis: opened, RedisReplication: opened, RedisCluster: opened },
  services: (name) => [
    [name, "any"],
    [`${name}-headless`, "any"],
    [`${name}-additional`, "any"],
    [`${name}-master`, "primary"],
    [`${name}-replica`, "replicas"],
    [`${name}-leader`, "primary"],
    [`${name}-follower`, "replicas"],
  ],
};
