import { nameOf } from "../../domain/model/names.ts";
import { decidesByMajority, isReplicated } from "../../domain/workspace/conditions.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "replicas-may-share-a-node",
  subject: "database",
  meta: {
    summary: "Nothing spreads the instances of a replicated database over nodes.",
    rationale:
      "Replicas on one node fail together. The scheduler spreads by default only as one weak wish among others.",
    remedy:
      "Add `podAntiAffinity` or `topologySpreadConstraints` over `kubernetes.io/hostname` with the Pods' own labels.",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/"],
    quietWhen: "one instance runs, nothing proves replication, or an operator spreads by itself.",
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
      message: `The scheduler may put all ${instances.value} instances of ${nameOf(resource)} on one node: losing it loses them together.`,
      at: scheduling,
      point: "key",
      ...(isQuorum ? { severity: "warning" as const } : {}),
    });
  },
});
