import { nameOf } from "../../domain/model/names.ts";
import { parseCron, runsPerDay } from "../../kube/cron.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { insertKey, setValue } from "../../yaml/edit.ts";

export default defineRule({
  id: "backup-runs-overlap",
  subject: "backup",
  meta: {
    summary: "Two runs of a backup may overlap.",
    rationale:
      "Dumps take longer as data grows. Two at once slow the server down, write the same file or delete each other's.",
    remedy: "`concurrencyPolicy: Forbid`, with `activeDeadlineSeconds` on the Job.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "safe",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#concurrency-policy"],
    quietWhen: "the interval is longer than an hour (only in `all`).",
  },
  check({ resource, schedule, container }, { report }) {
    if (resource.kind !== "CronJob" || container === undefined || schedule?.value === undefined) return;
    const policy = resource.node.at("spec", "concurrencyPolicy");
    if (policy !== undefined && policy.string() !== "Allow") return;
    const cron = parseCron(schedule.value);
    const isOften = cron !== undefined && runsPerDay(cron) >= 24;
    const spec = resource.node.at("spec");
    report({
      message: `A backup that takes longer than its interval overlaps with the next one: concurrencyPolicy is Allow${policy === undefined ? ", the default" : ""}, and ${nameOf(resource)} runs at "${schedule.value}".`,
      at: policy ?? schedule.at,
      ...(isOften ? {} : { severity: "info" as const, presets: [] }),
      fixes: [
        editFix({
          title: "Forbid overlapping runs",
          safety: "safe",
          consequence:
            "Takes effect with the next run. A run that hangs then blocks later ones: give the Job a deadline.",
          edits:
            policy !== undefined
              ? setValue(policy, "Forbid")
              : spec === undefined
                ? undefined
                : insertKey(spec, "concurrencyPolicy", "Forbid", { after: "schedule" }),
        }),
      ],
    });
  },
});
