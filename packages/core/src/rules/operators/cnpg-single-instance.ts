import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "cnpg-single-instance",
  subject: "database",
  operator: "cloudnative-pg",
  meta: {
    summary: "A CloudNativePG Cluster of one instance blocks the drain of its node.",
    rationale:
      "The operator creates a PodDisruptionBudget for the primary. With one instance it allows no eviction: node upgrades hang for days.",
    remedy: "Set `instances: 2` or more, or `enablePDB: false` and accept the downtime.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://cloudnative-pg.io/documentation/current/kubernetes_upgrade/",
      "https://cloudnative-pg.io/documentation/current/cloudnative-pg.v1/",
    ],
    quietWhen: "enablePDB is false (only in `all`).",
  },
  check({ instances, resource }, { report }) {
    if (instances.value !== 1) return;
    const budget = resource.node.at("spec", "enablePDB");
    if (budget !== undefined && budget.boolean() === undefined) return; // filled in later
    const isOptedOut = budget?.boolean() === false;
    report({
      message: isOptedOut
        ? `${nameOf(resource)} has one instance: nothing takes over when its node fails.`
        : `The node of ${nameOf(resource)} cannot be drained: it has one instance, and CloudNativePG protects it with a PodDisruptionBudget that allows no eviction.`,
      at: instances.at,
      ...(isOptedOut ? { severity: "info" as const, presets: [] } : {}),
    });
  },
});
