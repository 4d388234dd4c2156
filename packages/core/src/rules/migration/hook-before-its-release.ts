import { nameOf } from "../../domain/model/names.ts";
import { configurationReferences } from "../../kube/configuration-references.ts";
import { isManagedByHelm, mayShareRelease } from "../../kube/helm-release.ts";
import { hookOf, type ReleaseHook } from "../../kube/release-hooks.ts";
import type { Resource } from "../../kube/resource.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "hook-before-its-release",
  subject: "migration",
  meta: {
    summary: "A hook migrates before Helm or Argo CD has made what it needs.",
    rationale:
      "Helm runs `pre-install` hooks before it creates any other object of the release. A ConfigMap, Secret or database of the same release is not there yet: the first install waits for the hook until its timeout. `PreSync` hooks of Argo CD run before its other objects in the same way.",
    remedy:
      "Make it a `post-install,pre-upgrade` hook, or make the objects hooks with a lower weight (for Argo CD: a Sync hook with a later wave than theirs), or keep the database out of the release.",
    severity: "warning",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://helm.sh/docs/topics/charts_hooks/",
      "https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/",
    ],
    quietWhen: "the objects are hooks themselves or not of the same release, or the hook runs on upgrades only.",
  },
  check({ workload, hosts }, { workspace, report }) {
    const { resource } = workload;
    const hook = hookOf(resource);
    const isFirst = hook?.moments.some((moment) => moment === "pre-install" || moment === "PreSync") === true;
    if (hook === undefined || !isFirst) return;
    const { resources } = workspace;
    const named = [
      ...workload.containers
        .flatMap(configurationReferences)
        .filter(({ node }) => node.boolean("optional") !== true)
        .flatMap(({ kind, node }) => resources.find(kind, node.text("name") ?? "", resource) ?? []),
      ...hosts.flatMap(({ reaches }) => (reaches.state === "database" ? [reaches.database.resource] : [])),
    ];
    const later = [...new Set(named)].filter(
      (each) => hookOf(each) === undefined && isAppliedWith(each, resource, hook.by),
    );
    const [first] = later;
    if (first === undefined) return;
    report({
      message: `${nameOf(resource)} runs before ${later.slice(0, 3).map(nameOf).join(", ")} exist${later.length === 1 ? "s" : ""}: ${hook.by === "Helm" ? "Helm makes ordinary objects of the release after its pre-install hooks, so the first install fails" : "Argo CD makes ordinary objects after its PreSync hooks, so the first sync fails"}.`,
      at: hook.node,
      related: later.slice(0, 4).map((each) => ({ message: nameOf(each), at: each.node.nearest("metadata", "name") })),
    });
  },
});

/** Whether an ordinary object is made by the same installation or sync. For Argo CD both say so: nothing else tells who applies a folder. */
function isAppliedWith(object: Resource, hook: Resource, by: ReleaseHook["by"]): boolean {
  if (by === "Helm") return isManagedByHelm(object) && mayShareRelease(object, hook);
  const instance = "argocd.argoproj.io/instance";
  return (
    object.annotations["argocd.argoproj.io/sync-wave"] !== undefined ||
    (object.labels[instance] !== undefined && object.labels[instance] === hook.labels[instance])
  );
}
