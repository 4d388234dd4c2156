import { nameOf } from "../../domain/model/names.ts";
import { configurationReferences } from "../../kube/configuration-references.ts";
import { isManagedByHelm, mayShareRelease } from "../../kube/helm-release.ts";
import type { Resource } from "../../kube/resource.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "hook-before-its-release",
  subject: "migration",
  meta: {
    summary: "A pre-install hook migrates before Helm has made what it needs.",
    rationale:
      "Helm runs `pre-install` hooks before it creates any other object of the release. A ConfigMap, Secret or database of the same release is not there yet: the first install waits for the hook until its timeout.",
    remedy:
      "Make it a `post-install,pre-upgrade` hook, or make the objects hooks with a lower weight, or keep the database out of the release.",
    severity: "warning",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://helm.sh/docs/topics/charts_hooks/"],
    quietWhen: "the objects are hooks themselves or not of the same release, or the hook runs on upgrades only.",
  },
  check({ workload, hosts }, { workspace, report }) {
    const { resource } = workload;
    const hook = resource.node.at("metadata", "annotations", "helm.sh/hook");
    if (hook === undefined || !hooksOf(resource).includes("pre-install")) return;
    const { resources } = workspace;
    const named = [
      ...workload.containers
        .flatMap(configurationReferences)
        .filter(({ node }) => node.boolean("optional") !== true)
        .flatMap(({ kind, node }) => resources.find(kind, node.text("name") ?? "", resource) ?? []),
      ...hosts.flatMap(({ reaches }) => (reaches.state === "database" ? [reaches.database.resource] : [])),
    ];
    const later = [...new Set(named)].filter(
      (each) => isManagedByHelm(each) && mayShareRelease(each, resource) && hooksOf(each).length === 0,
    );
    const [first] = later;
    if (first === undefined) return;
    report({
      message: `${nameOf(resource)} runs before ${later.slice(0, 3).map(nameOf).join(", ")} exist${later.length === 1 ? "s" : ""}: Helm makes ordinary objects of the release after its pre-install hooks, so the first install fails.`,
      at: hook,
      related: later.slice(0, 4).map((each) => ({ message: nameOf(each), at: each.node.nearest("metadata", "name") })),
    });
  },
});

function hooksOf({ annotations }: Resource): readonly string[] {
  return (annotations["helm.sh/hook"] ?? "")
    .split(",")
    .map((word) => word.trim())
    .filter(Boolean);
}
