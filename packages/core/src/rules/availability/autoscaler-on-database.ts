import { databasesNamed } from "../../domain/database/database-index.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import { isReplicated } from "../../domain/workspace/conditions.ts";
import { namespacesAgree } from "../../kube/namespace.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "autoscaler-on-database",
  subject: "resource",
  kinds: ["HorizontalPodAutoscaler", "ScaledObject"],
  meta: {
    summary: "An autoscaler changes the number of instances of a database.",
    rationale:
      "A new Pod of a plain server image is an empty database. A new member of a cluster has to copy all data before it helps, and leaves a gap when it is scaled away.",
    remedy: "Remove the autoscaler; scale the poolers and clients instead.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/"],
    quietWhen: "the target is a pooler, or the data is declared a cache.",
  },

  check(autoscaler, { workspace, report }) {
    const target = autoscaler.node.at("spec", "scaleTargetRef", "name");
    const kind = autoscaler.node.string("spec", "scaleTargetRef", "kind") ?? "Deployment";
    if (target === undefined) return;
    const database = databasesNamed(target.string() ?? "", workspace.topology).find(
      ({ resource }) => resource.kind === kind && namespacesAgree(resource, autoscaler),
    );
    if (database === undefined || database.durability !== "durable") return;
    const most =
      autoscaler.node.text("spec", "maxReplicas") ?? autoscaler.node.text("spec", "maxReplicaCount") ?? "more";
    const isPlain = database.operator === undefined && !isReplicated(database);
    if (database.operator === undefined && database.replication.value === undefined) return;
    report({
      message: isPlain
        ? `${nameOf(autoscaler)} makes up to ${most} Pods of ${serverName(database)}: each new one is a separate, empty database.`
        : `${nameOf(autoscaler)} adds and removes members of ${nameOf(database.resource)} with the load: each new member first copies all data, and one that is removed takes its claim with it.`,
      at: target,
      ...(isPlain ? {} : { severity: "warning" as const }),
      related: [{ message: "the database", at: database.resource.node.nearest("metadata", "name") }],
    });
  },
});
