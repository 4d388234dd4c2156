import { nameOf } from "../../domain/model/names.ts";
import { mayShareRelease } from "../../kube/helm-release.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "helm-hooks-ignored",
  subject: "migration",
  meta: {
    summary: "A migration is a Helm hook beside hooks of Argo CD, which then ignores all Helm hooks.",
    rationale:
      "Argo CD maps Helm hooks to its own, but as soon as a release holds one hook of Argo CD it ignores every Helm hook. The migration Job becomes an ordinary object: it is applied together with the new Pods, once, and a changed image is refused.",
    remedy: "Give the migration `argocd.argoproj.io/hook: PreSync` as well.",
    severity: "warning",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://argo-cd.readthedocs.io/en/stable/user-guide/helm/#helm-hooks"],
    yieldsTo: ["hook-moment-unknown"],
    quietWhen: "the migration has an Argo CD hook of its own, or no object beside it has one.",
  },
  check({ workload: { resource } }, { workspace, report }) {
    const annotations = resource.node.at("metadata", "annotations");
    const hook = annotations?.at("helm.sh/hook");
    if (
      hook === undefined ||
      hasPlaceholder(hook.text() ?? "") ||
      annotations?.at("argocd.argoproj.io/hook") !== undefined
    )
      return;
    const other = [...workspace.resources].find(
      (each) =>
        each !== resource &&
        each.annotations["argocd.argoproj.io/hook"] !== undefined &&
        mayShareRelease(each, resource),
    );
    if (other === undefined) return;
    report({
      message: `Argo CD ignores the Helm hook of ${nameOf(resource)}, because ${nameOf(other)} has a hook of Argo CD: the migration is applied together with the new Pods.`,
      at: hook,
      related: [{ message: nameOf(other), at: other.node.nearest("metadata", "annotations") }],
    });
  },
});
