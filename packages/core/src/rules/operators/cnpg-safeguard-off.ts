import { nameOf } from "../../domain/model/names.ts";
import { celAt, refuseSpec } from "../../rule/admission.ts";
import { defineRule } from "../../rule/rule.ts";

/** What protects several instances unless the Cluster says otherwise. */
const safeguards: readonly (readonly [path: readonly string[], effect: (count: number) => string])[] = [
  [
    ["spec", "enablePDB"],
    (count) => `no PodDisruptionBudget keeps a drain from evicting all ${count} instances at once`,
  ],
  [["spec", "affinity", "enablePodAntiAffinity"], (count) => `its ${count} instances may run on one node`],
  [
    ["spec", "probes", "liveness", "isolationCheck", "enabled"],
    () => "a primary that is cut off from its peers goes on committing while a replica is promoted",
  ],
];

export default defineRule({
  id: "cnpg-safeguard-off",
  subject: "database",
  operator: "cloudnative-pg",
  meta: {
    summary: "A Cluster of several instances switches off what keeps one of them running.",
    rationale:
      "CloudNativePG protects several instances by itself: budgets for drains, anti-affinity between nodes, and a liveness probe that stops a primary which sees neither the API server nor its peers. Switched off, the instances share the fault that they are there to survive.",
    remedy: "Remove the field: the default is on.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    admission: refuseSpec(
      ["postgresql.cnpg.io/*/clusters"],
      `object.spec.instances > 1 && (${safeguards.map(([path]) => celAt(path, "it == false")).join(" || ")})`,
    ),
    references: [
      "https://cloudnative-pg.io/documentation/current/kubernetes_upgrade/",
      "https://cloudnative-pg.io/documentation/current/scheduling/",
      "https://cloudnative-pg.io/documentation/current/instance_manager/#primary-isolation",
    ],
    quietWhen: "the Cluster has one instance, or the data is declared a cache or ephemeral.",
  },
  check({ instances, resource, durability }, { report }) {
    const count = instances.value;
    if (count === undefined || count < 2 || durability !== "durable") return;
    for (const [path, effect] of safeguards) {
      const at = resource.node.at(...path);
      if (at?.boolean() !== false) continue;
      report({ message: `${path.slice(1).join(".")} is false in ${nameOf(resource)}: ${effect(count)}.`, at });
    }
  },
});
