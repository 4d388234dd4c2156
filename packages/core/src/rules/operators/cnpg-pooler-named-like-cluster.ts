import { nameOf } from "../../domain/model/names.ts";
import { namespacesAgree } from "../../kube/namespace.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "cnpg-pooler-named-like-cluster",
  subject: "resource",
  kinds: ["Pooler"],
  meta: {
    summary: "A Pooler has the name of its Cluster, or of one of the Cluster's Services.",
    rationale:
      "CloudNativePG creates a Deployment and a Service with the Pooler's name. If that is also the name of a Cluster, or of one of its Services `-rw`, `-ro` and `-r`, they fight over it, and clients reach the wrong one.",
    remedy: "Give the Pooler a unique name: `orders-pooler-rw`.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://cloudnative-pg.io/documentation/current/connection_pooling/"],
    quietWhen:
      "the Cluster is in another namespace or not in view, or does not create such a Service (`disabledDefaultServices`).",
  },
  check(pooler, { workspace, report }) {
    const cluster = workspace.resources
      .ofKind("Cluster")
      .find(
        (each) =>
          namespacesAgree(each, pooler) &&
          ["", "rw", "ro", "r"].some(
            (type) => (type === "" ? each.name : `${each.name}-${type}`) === pooler.name && !isOff(each, type),
          ),
      );
    if (cluster === undefined) return;
    const isSame = cluster.name === pooler.name;
    report({
      message: isSame
        ? `${nameOf(pooler)} and Cluster ${cluster.name} share a name, which CloudNativePG does not allow: it creates objects with that name for both.`
        : `${nameOf(pooler)} takes the name of the Service ${pooler.name} that CloudNativePG creates for Cluster ${cluster.name}.`,
      at: pooler.node.nearest("metadata", "name"),
      related: [{ message: "the Cluster", at: cluster.node.nearest("metadata", "name") }],
    });
  },
});

/** `disabledDefaultServices` leaves the names `-ro` and `-r` to others. */
function isOff(cluster: Resource, type: string): boolean {
  const off = cluster.node.at("spec", "managed", "services", "disabledDefaultServices")?.items() ?? [];
  return off.some((item) => item.text() === type || hasPlaceholder(item.text() ?? ""));
}
