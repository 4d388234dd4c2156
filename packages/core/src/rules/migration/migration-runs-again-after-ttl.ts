import { nameOf } from "../../domain/model/names.ts";
import { appliersOf } from "../../domain/workspace/gitops.ts";
import { formatSeconds } from "../../kube/duration.ts";
import { hookOf } from "../../kube/release-hooks.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "migration-runs-again-after-ttl",
  subject: "migration",
  meta: {
    summary: "Kubernetes deletes a finished migration Job, and Argo CD or Flux creates it again.",
    rationale:
      "`ttlSecondsAfterFinished` deletes the Job. Argo CD then shows it as missing and, with automated sync, applies it again; Flux does so at its next interval. The migration runs again and again, at times that nobody chose.",
    remedy:
      "For Argo CD make the Job a hook (`argocd.argoproj.io/hook: PreSync` with `hook-delete-policy: BeforeHookCreation`) and remove the TTL. For Flux remove the TTL and put the release into the Job's name.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://github.com/argoproj/argo-cd/issues/8586",
      "https://fluxcd.io/flux/components/kustomize/kustomizations/#working-with-kustomizations",
    ],
    quietWhen: "the Job is a hook, or nothing in view says that Argo CD or Flux applies it.",
  },
  check({ workload: { resource }, where }, { workspace, report }) {
    const ttl = resource.node.at("spec", "ttlSecondsAfterFinished");
    const seconds = ttl?.integer();
    if (where !== "job" || resource.kind !== "Job" || ttl === undefined || seconds === undefined) return;
    if (hookOf(resource) !== undefined || resource.node.at("metadata", "generateName") !== undefined) return;
    const isMarked = Object.keys(resource.annotations).some((name) => name.startsWith("argocd.argoproj.io/"));
    const [applier] = appliersOf(resource, workspace);
    if (!isMarked && applier === undefined) return;
    const by = isMarked || applier?.kind === "Application" ? "Argo CD" : "Flux";
    report({
      message: `${by} creates ${nameOf(resource)} again, and the migration runs again, ${seconds === 0 ? "whenever it has finished" : `${formatSeconds(seconds)} after each run`}: ttlSecondsAfterFinished has deleted the Job by then.`,
      at: ttl,
      related: applier === undefined ? [] : [{ message: nameOf(applier), at: applier.node.nearest("spec", "path") }],
    });
  },
});
