import { nameOf, serverName } from "../../domain/model/names.ts";
import { isSingleWriter } from "../../domain/workspace/conditions.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "database-on-every-node",
  subject: "database",
  meta: {
    summary: "A DaemonSet runs a separate database on each node.",
    rationale:
      "A DaemonSet's Pods have no identity and no claims of their own: each node gets a separate database, and a Service in front of them sends clients to any of them.",
    remedy: "Use a StatefulSet or an operator. Set `dbops/data: cache` where a cache on each node is intended.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/"],
    quietWhen: "the data is a cache, or the engine's servers find each other.",
  },
  check(database, { report }) {
    const { resource, durability, replication, engine } = database;
    if (resource.kind !== "DaemonSet" || durability !== "durable") return;
    if (!isSingleWriter(database) || engine === "redis" || engine === "valkey" || replication.value !== "none") return;
    report({
      message: `${nameOf(resource)} runs a separate ${serverName(database)} on each node: as many databases as nodes, and nothing replicates between them.`,
      at: resource.node.nearest("kind"),
    });
  },
});
