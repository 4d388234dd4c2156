import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";
import { setValue } from "../../yaml/edit.ts";

export default defineRule({
  id: "migration-log-deleted",
  subject: "migration",
  meta: {
    summary: "The log of a failed migration is deleted with its Pod.",
    rationale:
      "With `restartPolicy: OnFailure` the kubelet restarts the container in the same Pod, and only the last run but one keeps its log. When the Job gives up, Kubernetes ends that Pod and the log is gone: nothing says which statement failed. A hook with the policy `hook-failed` loses it in the same way.",
    remedy:
      "Set `restartPolicy: Never` (and `backoffLimit: 0`): each run keeps its Pod and its log. Leave `hook-failed` out.",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "unsafe",
    needs: "file",
    references: [
      "https://kubernetes.io/docs/concepts/workloads/controllers/job/#handling-pod-and-container-failures",
      "https://helm.sh/docs/topics/charts_hooks/#hook-deletion-policies",
    ],
  },
  check({ workload: { resource, podSpec }, where }, { report }) {
    if (where !== "job" || resource.kind !== "Job") return;
    const policy = podSpec.at("restartPolicy");
    const annotations = resource.node.at("metadata", "annotations");
    const deletion =
      annotations?.at("argocd.argoproj.io/hook-delete-policy") ?? annotations?.at("helm.sh/hook-delete-policy");
    if (deletion !== undefined && /\bhook-failed\b|\bHookFailed\b/.test(deletion.text() ?? ""))
      report({
        message: `A failed ${nameOf(resource)} is deleted at once, with the log that says what failed (hook-delete-policy ${deletion.text()}).`,
        at: deletion,
      });
    else if (policy?.text() === "OnFailure") {
      const edits = setValue(policy, "Never");
      report({
        message: `${nameOf(resource)} restarts a failed migration in its Pod, and when it gives up Kubernetes deletes the Pod with the log (restartPolicy OnFailure).`,
        at: policy,
        fixes: [
          edits && {
            title: "Set restartPolicy to Never",
            safety: "unsafe",
            consequence: "A Job of this name that exists refuses the change: its Pod template is immutable.",
            edits,
          },
        ],
      });
    }
  },
});
