import { nameOf } from "../../domain/model/names.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { deletePoliciesOf } from "../../kube/release-hooks.ts";
import { defineRule } from "../../rule/rule.ts";
import { closest } from "../../text/closest.ts";
import { setValue } from "../../yaml/edit.ts";

const policies = ["before-hook-creation", "hook-succeeded", "hook-failed"] as const;

export default defineRule({
  id: "hook-job-left-behind",
  subject: "migration",
  meta: {
    summary: "A hook's Job stays after a failed migration, and the next release cannot create it again.",
    rationale:
      'Helm deletes the old Job before it creates the new one only under the policy `before-hook-creation`, which is the default as long as the annotation is absent. With `hook-succeeded` alone a failed Job stays, and every later upgrade ends with `jobs.batch "…" already exists`. A policy that Helm does not know, and an empty one, also replace the default.',
    remedy: "Write `before-hook-creation,hook-succeeded`, or remove the annotation.",
    severity: "warning",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "safe",
    needs: "file",
    references: [
      "https://helm.sh/docs/topics/charts_hooks/#hook-deletion-policies",
      "https://github.com/helm/helm/blob/v3.18.0/pkg/action/hooks.go",
    ],
    quietWhen:
      "the policies include before-hook-creation, the Job's name changes with the release, or Argo CD runs it.",
  },
  check({ workload: { resource }, where }, { report }) {
    const annotations = resource.node.at("metadata", "annotations");
    const node = annotations?.at("helm.sh/hook-delete-policy");
    const words = deletePoliciesOf(resource);
    if (where !== "job" || node === undefined || words === undefined || hasPlaceholder(node.text() ?? "")) return;
    if (annotations?.at("helm.sh/hook") === undefined || annotations.at("argocd.argoproj.io/hook") !== undefined)
      return;
    const known = words.filter((word) => policies.some((each) => each === word));
    // Helm itself numbers a name by revision or a random suffix.
    if (known.includes("before-hook-creation") || /\d/.test(resource.name)) return;
    if (known.includes("hook-failed") && known.includes("hook-succeeded")) return;
    const stays =
      known.length === 0
        ? `${nameOf(resource)} is never deleted, and the second release ends with "already exists"`
        : `if ${nameOf(resource)} ${known.includes("hook-failed") ? "succeeds" : "fails"}, it stays, and every later release ends with "already exists"`;
    const unknown = words.find((word) => !known.includes(word));
    const meant = unknown === undefined ? undefined : closest(unknown, policies);
    const because =
      unknown === undefined
        ? `hook-delete-policy is ${known.join(",")}`
        : unknown === ""
          ? "An empty hook-delete-policy replaces the default"
          : `Helm has no hook-delete-policy ${unknown}${meant === undefined ? "" : ` (did you mean ${meant}?)`}`;
    const edits = setValue(node, ["before-hook-creation", ...known].join(","));
    report({
      message: `${because}: ${stays}.`,
      at: node,
      fixes: [edits && { title: "Delete the old Job before the new one is created", safety: "safe", edits }],
      ...(known.length > 0 ? {} : { severity: "error" as const }),
    });
  },
});
