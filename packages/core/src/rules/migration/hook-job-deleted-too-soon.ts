import { nameOf } from "../../domain/model/names.ts";
import { formatSeconds } from "../../kube/duration.ts";
import { defineRule } from "../../rule/rule.ts";

/** Argo CD looks at a resource when its controller comes round to it. */
const soonest = 60;

export default defineRule({
  id: "hook-job-deleted-too-soon",
  subject: "migration",
  meta: {
    summary: "A hook's Job is deleted before Argo CD has seen that it finished.",
    rationale:
      "`ttlSecondsAfterFinished` deletes the Job; Argo CD then finds no hook, waits for it or runs it again, and the sync never ends.",
    remedy: "Remove `ttlSecondsAfterFinished` and let `argocd.argoproj.io/hook-delete-policy` clean up.",
    severity: "warning",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://github.com/argoproj/argo-cd/issues/21055"],
    quietWhen: "the Job stays for a minute or more, or is no hook of Argo CD.",
  },
  check({ workload: { resource } }, { report }) {
    const ttl = resource.node.at("spec", "ttlSecondsAfterFinished");
    const seconds = ttl?.integer();
    if (resource.kind !== "Job" || ttl === undefined || seconds === undefined || seconds >= soonest) return;
    const hook = resource.annotations["argocd.argoproj.io/hook"];
    if (hook === undefined) return;
    report({
      message: `Argo CD may never see ${nameOf(resource)} finish: the ${hook} hook is deleted ${seconds === 0 ? "at once" : `${formatSeconds(seconds)} after it ends`}, and the sync waits for it.`,
      at: ttl,
    });
  },
});
