import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

/** Fields of a Job's spec. activeDeadlineSeconds is one of its Pods, too. */
const ofJob = [
  "backoffLimit",
  "ttlSecondsAfterFinished",
  "parallelism",
  "completions",
  "completionMode",
  "podFailurePolicy",
];

export default defineRule({
  id: "job-field-misplaced",
  subject: "migration",
  meta: {
    summary: "A field of the migration's Job is written in its Pod template, where it means nothing.",
    rationale:
      "kubectl refuses unknown fields; Helm and clients without validation send them, and the API server drops them. The Job then retries 6 times and stays forever, whatever the manifest says.",
    remedy: "Move the field up to the Job's `spec`, next to `template`.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/job-v1/#JobSpec",
      "https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation",
    ],
  },
  check({ workload }, { report }) {
    const { resource, podSpec, template } = workload;
    if (resource.kind !== "Job" && resource.kind !== "CronJob") return;
    for (const parent of [podSpec, template]) {
      const field = ofJob.find((name) => parent.at(name) !== undefined);
      const node = field === undefined ? undefined : parent.at(field);
      if (field === undefined || node === undefined) continue;
      const where = parent === podSpec ? "template.spec" : "template";
      report({
        message: `${field} of ${nameOf(resource)} is in its Pod template (${where}), which has no such field: kubectl refuses the manifest, and a client without validation loses the setting.`,
        at: node,
        point: "key",
      });
      return;
    }
  },
});
