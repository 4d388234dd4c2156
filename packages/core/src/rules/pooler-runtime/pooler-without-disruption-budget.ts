import { all, nameOf } from "../../domain/model/names.ts";
import { selectorOf } from "../../kube/index-resources.ts";
import { namespacesAgree } from "../../kube/namespace.ts";
import type { Resource } from "../../kube/resource.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import { matchesSelector } from "../../kube/selector.ts";
import { defineRule } from "../../rule/rule.ts";
import type { YamlNode } from "../../yaml/node.ts";

export default defineRule({
  id: "pooler-without-disruption-budget",
  subject: "pooler",
  meta: {
    summary: "No PodDisruptionBudget protects the pooler's Pods.",
    rationale: "All clients go through the pooler: losing all its Pods is losing the database.",
    remedy: "Add a PodDisruptionBudget with `maxUnavailable: 1`, and spread the Pods over nodes.",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "folder",
    misses: ["PodDisruptionBudget"],
    references: [
      "https://kubernetes.io/docs/tasks/run-application/configure-pdb/",
      "https://github.com/cloudnative-pg/cloudnative-pg/issues/6863",
    ],
    quietWhen: "one Pod runs, it is a sidecar, or a required anti-affinity keeps each Pod on a node of its own.",
  },
  check({ instances, isSidecar, operated, resource, workload }, { workspace, report }) {
    if (isSidecar || instances.value === undefined || instances.value < 2) return;
    const { resources } = workspace.everything;
    if (workload === undefined) {
      // PGO and Percona make a budget for their poolers, CloudNativePG does not (as of 2026-11); Zalando's label is the operator's to choose.
      if (operated?.operator !== "cloudnative-pg" || hasBudget(resource, resources)) return;
    } else if (resource.kind !== "Deployment" || resources.selecting("PodDisruptionBudget", workload).length > 0)
      return;
    const podSpec = workload?.podSpec ?? resource.node.at("spec", "template", "spec");
    if (podSpec !== undefined && isOnePerNode(podSpec)) return;
    const isSpread =
      workload === undefined ||
      workload.podSpec.at("affinity", "podAntiAffinity") !== undefined ||
      workload.podSpec.at("topologySpreadConstraints") !== undefined;
    report({
      message: `No PodDisruptionBudget keeps a node drain from evicting ${all(instances.value)} Pods of ${nameOf(resource)} at once${isSpread ? "" : ", and no spread constraint keeps them on different nodes"}: until one is back, nobody gets through to the database.`,
      at: instances.at,
    });
  },
});

/** One drain evicts one of them. */
function isOnePerNode(podSpec: YamlNode): boolean {
  const required = podSpec.at("affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution");
  return required?.items().some((term) => term.text("topologyKey") === "kubernetes.io/hostname") === true;
}

/** The labels that CloudNativePG gives the Pods of a Pooler. https://cloudnative-pg.io/documentation/current/connection_pooling/ */
function hasBudget(pooler: Resource, resources: ResourceIndex): boolean {
  const labels = {
    ...pooler.labels,
    "cnpg.io/poolerName": pooler.name,
    "cnpg.io/podRole": "pooler",
    "cnpg.io/cluster": pooler.node.string("spec", "cluster", "name") ?? "",
  };
  return resources.ofKind("PodDisruptionBudget").some((budget) => {
    const selector = selectorOf(budget);
    return selector !== undefined && namespacesAgree(budget, pooler) && matchesSelector(selector, labels);
  });
}
