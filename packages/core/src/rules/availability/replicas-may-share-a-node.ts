import { nameOf } from "../../domain/model/names.ts";
import { decidesByMajority, isReplicated } from "../../domain/workspace/conditions.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "replicas-may-share-a-node",
  subject: "database",
  meta: {
    summary: "Nothing spreads the instances of a replicated database over nodes.",
    rationale:
      "Replicas on one node fail together. By default the scheduler treats spreading as one weak preference among others.",
    remedy:
      "Add `podAntiAffinity` or `topologySpreadConstraints` on `kubernetes.io/hostname` that select the Pods' own labels.",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/"],
    quietWhen: "one instance runs, nothing proves replication, or an operator spreads them itself.",
  },

  check(database, { report }) {
    const { workload, instances, resource, operator } = database;
    if (
      (workload === undefined && operator?.spreads !== false) ||
      instances.value === undefined ||
      instances.value < 2 ||
      resource.kind === "DaemonSet"
    )
      return;
    if (!isReplicated(database) || database.durability !== "durable") return;
    const scheduling = workload?.podSpec ?? resource.node.nearest("spec");
    if (
      scheduling.at("affinity", "podAntiAffinity") !== undefined ||
      // mariadb-operator spreads only when asked to; the other operators do by themselves.
      scheduling.boolean("affinity", "antiAffinityEnabled") === true ||
      scheduling.at("topologySpreadConstraints") !== undefined ||
      scheduling.at("nodeName") !== undefined
    )
      return;
    const isGalera = resource.node.boolean("spec", "galera", "enabled") === true;
    const isQuorum = (decidesByMajority(database) || isGalera) && instances.value >= 3;
    report({
      message: `No anti-affinity or spread constraint keeps the ${instances.value} instances of ${nameOf(resource)} on different nodes: losing one node can take all of them down.`,
      at: scheduling,
      point: "key",
      ...(isQuorum ? { severity: "warning" as const } : {}),
    });
  },
});
