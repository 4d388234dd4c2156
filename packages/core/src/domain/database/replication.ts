import type { Engine } from "../../facts/engines.ts";
import type { ServerImage } from "../../facts/images.ts";
import type { Container } from "../../kube/container.ts";
import { isPlaceholder } from "../../kube/placeholder.ts";
import { known, unknown } from "../../yaml/fact.ts";
import { keyOf, textAt } from "../../yaml/node.ts";
import type { Database } from "../model/database.ts";
import { evident } from "./evident-server.ts";

/** Words in arguments, variables, scripts and files that show that somebody makes the instances copies of each other. */
const evidence: Readonly<Partial<Record<Engine, RegExp>>> = {
  postgresql:
    /patroni|repmgr|pg_basebackup|primary_conninfo|standby|REPLICATION|pg_auto_failover|stolon|replicator|hot_standby|PGPOOL|pglogical|bucardo|citus|PRIMARY_HOST|MASTER_HOST|SLAVE/i,
  mysql:
    /REPLICATION|CHANGE (MASTER|REPLICATION)|xtrabackup|server[-_]?id|group_replication|wsrep|galera|MASTER_HOST|SLAVE|gtid|CLUSTER|mysqlsh|orchestrator/i,
  mariadb: /REPLICATION|CHANGE MASTER|mariabackup|server[-_]?id|wsrep|galera|MASTER_HOST|SLAVE|gtid|CLUSTER/i,
  mongodb: /repl[-_]?set|replication|REPLICA|MONGO_SIDECAR|rs\.initiate|shardsvr|configsvr|RS_NAME|keyfile/i,
  redis: /replicaof|slaveof|sentinel|cluster|REPLICATION|MASTER|replica|SLAVE/i,
  valkey: /replicaof|slaveof|sentinel|cluster|REPLICATION|MASTER|replica|SLAVE/i,
};

/** What makes a replica of MySQL follow; `server-id` and GTIDs only let it. */
const follows =
  /REPLICATION|CHANGE (?:MASTER|REPLICATION)|xtrabackup|mariabackup|group_replication|wsrep|galera|MASTER_HOST|SLAVE|CLUSTER|mysqlsh|orchestrator|clone/i;

/** Whether plain servers of MySQL or MariaDB are set up so that they could replicate, and nothing in their Pods starts it. */
export function onlyAllowsReplication({ workload, engine, image, replication }: Database): boolean {
  if ((engine !== "mysql" && engine !== "mariadb") || workload === undefined || replication.value !== "own")
    return false;
  if (image?.isTemplated !== false || !/^(?:mysql|mariadb)$/.test(image.name)) return false;
  return workload.containers.every(
    (container) =>
      container.commandsAreComplete &&
      container.filesAreComplete &&
      container.environment.isComplete &&
      /^(?:mysql|mariadb|busybox|alpine|bash|debian|ubuntu)$|exporter/.test(container.image?.name ?? "") &&
      !wordsOf(container).some((word) => follows.test(word)),
  );
}

function wordsOf(container: Container): readonly string[] {
  return [
    ...container.argv.map((word) => word.value ?? textAt(word.at)),
    ...(readsNoVariables(container)
      ? []
      : container.environment.written().flatMap((setting) => [setting.name, setting.value.value ?? ""])),
    ...container.filesUnder("/").map((file) => file.content.value ?? ""),
  ];
}

/** Images that move the primary of PostgreSQL. */
const failover = /patroni|spilo|stolon|repmgr/;

/**
 * Whether something in view makes the instances copies of each other. Everything the Pod runs and mounts is searched;
 * where a part of it is not in view, the answer is unknown.
 */
export function readReplication(database: Database, family: ServerImage): Database["replication"] {
  const { workload, resource, engine } = database;
  const at = keyOf(resource.node.nearest("spec", "replicas"));
  // spilo replicates by Patroni: what moves the primary says more than that the image replicates.
  if (engine === "postgresql" && workload?.containers.some(({ image }) => failover.test(image?.name ?? "")) === true)
    return known("patroni", at);
  if (family.replicates === true) return known("own", at);
  const pattern = evidence[engine];
  if (workload === undefined || pattern === undefined)
    return unknown(at, "dbops does not know the engine's replication");
  // What is in an image of one's own may do anything.
  let isComplete = family.family !== evident;
  let isPatroni = false;
  for (const container of workload.containers) {
    if (
      container.role !== "init" &&
      /sidecar|k8s-sidecar|replica/.test(container.image?.name ?? "") &&
      engine === "mongodb"
    )
      return known("own", at);
    for (const word of wordsOf(container)) {
      if (/patroni/i.test(word)) isPatroni = true;
      if (pattern.test(word)) return known(isPatroni ? "patroni" : "own", at);
    }
    if (container.argv.some(({ at }) => isPlaceholder(textAt(at)))) isComplete = false;
    if (!container.commandsAreComplete || !container.filesAreComplete) isComplete = false;
    if (!container.environment.isComplete && !readsNoVariables(container)) isComplete = false;
    // A program of the owner's own may do anything.
    if (container.image === undefined || container.image.isTemplated) isComplete = false;
  }
  return isComplete ? known("none", at) : unknown(at, "a script or file of the Pod is not in view");
}

/**
 * The entrypoint of the official image sets up one server, whatever variables say of replication: only a command or a file that
 * somebody adds could read them. https://github.com/docker-library/postgres/blob/master/docker-entrypoint.sh
 */
function readsNoVariables({ image, argv, mounts }: Container): boolean {
  return (
    image?.name === "postgres" &&
    argv.length === 0 &&
    mounts.every(({ volume }) => /^(?:claim|claim-template|empty-dir|memory)$/.test(volume?.source ?? ""))
  );
}
