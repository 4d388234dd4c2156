import { primaryOf, replicasElsewhere, whyRedisKeepsNothing } from "../../domain/database/redis-replication.ts";
import type { Database } from "../../domain/model/database.ts";
import { count, shortName } from "../../domain/model/names.ts";
import type { Workspace } from "../../domain/model/workspace.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "redis-primary-returns-empty",
  subject: "database",
  meta: {
    summary: "A Redis primary keeps nothing on disk: after a restart it is empty, and its replicas copy that.",
    rationale:
      "Kubernetes restarts a container within seconds, long before Sentinel or a person fails over. The server that comes back under the same name is primary again, with an empty data set, and every replica drops its own and copies it (measured: 3 keys, then 0 on both). Redis' manual says to turn on persistence in the primary, or to keep it from restarting automatically.",
    remedy:
      "Give the primary `appendonly yes` or `save`, and a claim at its data directory. Set `dbops/data: cache` where an empty data set is fine.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://redis.io/docs/latest/operate/oss_and_stack/management/replication/#safety-of-replication-when-master-has-persistence-turned-off",
      "https://github.com/redis/redis/issues/2087",
    ],
    quietWhen:
      "the data is declared a cache, keys are evicted (`allkeys-…`), no replica is in view, or a configuration file is not.",
  },
  check(database, { workspace, report }) {
    const { engine, resource, container, settings } = database;
    if ((engine !== "redis" && engine !== "valkey") || container === undefined) return;
    const declared = resource.annotations["dbops/data"] ?? database.workload?.podAnnotations["dbops/data"];
    if (declared === "cache" || declared === "ephemeral") return;
    if (settings.get("maxmemory-policy")?.value?.startsWith("allkeys-") === true) return;
    const replicas = ownReplicas(database) ?? replicasElsewhere(database, workspace);
    const why = whyRedisKeepsNothing(database);
    if (replicas === 0 || why === undefined) return;
    const primary = resource.kind === "StatefulSet" ? `${resource.name}-0` : shortName(resource);
    const path = database.dataDirectory?.path.value ?? "its data";
    const copies = `${replicas === 1 ? "its replica copies" : `its ${replicas} replicas copy`} the empty data set`;
    const save = settings.get("save");
    const reason = {
      "no snapshots": `keeps nothing on disk (save "" and no AOF): after a restart it comes back as an empty primary`,
      "no volume": `has no volume at ${path}: after a restart it comes back as an empty primary`,
      emptyDir: `keeps ${path} on an emptyDir: after a drain it comes back as an empty primary`,
    }[why];
    report({
      message: `${primary} ${reason}, and ${copies}.`,
      at:
        why === "no snapshots" && save !== undefined
          ? save.at
          : (database.dataDirectory?.mount?.volume?.node ?? container.node.nearest("name")),
      related: relatedOf(database, workspace, replicas),
    });
  },
});

/** The other Pods of a StatefulSet whose start script makes one of them the primary; undefined: it has none of its own. */
function ownReplicas(database: Database): number | undefined {
  const { resource, instances, replication, container, settings } = database;
  if (resource.kind !== "StatefulSet" || instances.value === undefined || instances.value < 2) return undefined;
  if (replication.value !== "own" || settings.get("cluster-enabled")?.value === "yes") return undefined;
  // Told on a plain command line, all Pods are replicas of somebody else.
  const isScript = container?.commands.some((command) => command.shell !== undefined) === true;
  return primaryOf(database) !== undefined && !isScript ? undefined : instances.value - 1;
}

function relatedOf(
  database: Database,
  workspace: Workspace,
  replicas: number,
): readonly { readonly message: string; readonly at: Database["instances"]["at"] }[] {
  const own = ownReplicas(database);
  if (own !== undefined) return [{ message: count(replicas + 1, "Pod"), at: database.instances.at }];
  const other = workspace.topology.databases.find(
    (each) => each !== database && primaryOf(each) !== undefined && each.workload !== undefined,
  );
  return other === undefined ? [] : [{ message: "a replica", at: other.resource.node.nearest("metadata", "name") }];
}
