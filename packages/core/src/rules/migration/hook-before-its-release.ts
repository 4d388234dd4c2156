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
    const claims = (workload.podSpec.at("volumes")?.items() ?? []).flatMap(
      (volume) => volume.text("persistentVolumeClaim", "claimName") ?? [],
    );
    named.push(...claims.flatMap((name) => resources.find("PersistentVolumeClaim", name, resource) ?? []));
    const later = [...new Set(named)].filter((each) =>
      hookOf(each) === undefined ? isAppliedWith(each, resource, hook.by) : isLaterHook(each, resource),
    );
    const [first] = later;
    if (first === undefined) return;
    const hooks = later.filter((each) => hookOf(each) !== undefined);
    if (hooks.length === later.length) {
      report({
        message: `${nameOf(resource)} runs before ${nameOf(first)} exists: Helm makes the hook of weight ${weightOf(first)} after that of weight ${weightOf(resource)}, and waits for the Job until its timeout.`,
        at: hook.node,
        related: [{ message: nameOf(first), at: first.node.nearest("metadata", "annotations") }],
      });
      return;
    }
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

/** 0 where none is written; undefined: it is no number. */
function weightOf({ annotations }: Resource): number | undefined {
  const text = annotations["helm.sh/hook-weight"] ?? "0";
  return /^[+-]?\d+$/.test(text.trim()) ? Number(text) : undefined;
}

/** A Helm hook of the same moments and a greater weight. Of equal weights the kind decides, and a Job comes after what it names. */
function isLaterHook(object: Resource, job: Resource): boolean {
  const [own, other] = [hookOf(job), hookOf(object)];
  const [before, after] = [weightOf(job), weightOf(object)];
  return (
    own?.by === "Helm" &&
    other?.by === "Helm" &&
    own.moments.some((moment) => other.moments.includes(moment)) &&
    before !== undefined &&
    after !== undefined &&
    after > before
  );
}
