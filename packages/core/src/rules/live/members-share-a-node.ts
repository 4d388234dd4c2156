import { membersOf } from "../../domain/live/live-data.ts";
import { isOnOneComputer, isVirtual, nodesFor } from "../../domain/live/nodes.ts";
import { count, nameOf } from "../../domain/model/names.ts";
import { isReplicated } from "../../domain/workspace/conditions.ts";
import type { LiveWorld } from "../../kube/live-world.ts";
import type { Resource } from "../../kube/resource.ts";
import { defineRule } from "../../rule/rule.ts";
import { groupBy } from "../../text/group-by.ts";
import { firstListed } from "../../text/listed.ts";
import type { YamlNode } from "../../yaml/node.ts";

export default defineRule({
  id: "members-share-a-node",
  subject: "live",
  kinds: [
    "StatefulSet",
    "Deployment",
    "Cluster",
    "PostgresCluster",
    "PerconaPGCluster",
    "PerconaServerMongoDB",
    "PerconaXtraDBCluster",
    "PerconaServerMySQL",
    "MariaDB",
    "MongoDBCommunity",
    "InnoDBCluster",
    "RedisReplication",
    "RedisCluster",
  ],
  meta: {
    summary: "Members of a replicated database run on one node.",
    rationale:
      "Replication protects from the loss of a node only where the members are on different ones. Without anti-affinity the scheduler may put them together, and a drain or a crash of that node stops them at once.",
    remedy:
      "Require anti-affinity or a topology spread over `kubernetes.io/hostname` and restart the members one at a time; operators have a setting for it.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "cluster",
    references: ["https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/"],
    quietWhen:
      "fewer than two nodes take these Pods (taints, selectors, affinity), the nodes are one computer's (kind, minikube, k3d) or stand for many machines, there are more members than nodes, or nodes may not be listed.",
  },
  check(owner, { workspace, report }) {
    const { live, topology } = workspace;
    const database = topology.databaseOf(owner);
    if (live === undefined || database === undefined || !isReplicated(database) || database.durability !== "durable")
      return;
    // Shards hold different data: losing one member of each is no worse than losing one.
    const shards = groupBy(membersOf(database, live), (pod) => [pod.labels["app.kubernetes.io/replset"] ?? ""]);
    for (const members of shards.values()) reportShared(owner, members, live, report);
  },
});

function reportShared(
  owner: Resource,
  members: readonly Resource[],
  live: LiveWorld,
  report: (finding: { message: string; at: YamlNode; related: { message: string; at: YamlNode }[] }) => void,
): void {
  const [first] = members;
  if (first === undefined || members.length < 2) return;
  const nodes = nodesFor(first, live);
  // With one node there is no other to offer, on one computer all fail together, and which nodes there are may not be known.
  if (nodes.length < 2 || nodes.every(isOnOneComputer)) return;
  const byNode = groupBy(members, (pod) => [pod.node.text("spec", "nodeName")]);
  const [node, together = []] = [...byNode].sort(([, a], [, b]) => b.length - a.length)[0] ?? [];
  // More members than nodes have to share.
  if (node === undefined || together.length <= Math.ceil(members.length / nodes.length)) return;
  const shared = live.find("Node", node, undefined);
  if (shared !== undefined && isVirtual(shared)) return;
  const losing =
    together.length === members.length
      ? `losing it stops ${members.length === 2 ? "both" : "all of them"} at once`
      : together.length * 2 >= members.length
        ? "losing it takes half of them or more"
        : "losing it takes them together";
  report({
    message: `${count(together.length, "member")} of the ${members.length} of ${nameOf(owner)} run on node ${node} (${firstListed(
      together.map((pod) => pod.name),
      3,
    )}): ${losing}.`,
    at: owner.node.nearest("metadata", "name"),
    related: together
      .slice(0, 3)
      .map((pod) => ({ message: `runs on ${node}`, at: pod.node.nearest("spec", "nodeName") })),
  });
}
