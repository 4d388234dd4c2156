import { parseCron } from "../../kube/cron.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "backup-schedule-invalid",
  subject: "backup",
  meta: {
    summary: "The schedule of a backup CronJob is no schedule.",
    rationale: "The API server refuses the object: no backup is ever taken.",
    remedy: "Write five fields: minute, hour, day of month, month, day of week.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax"],
  },
  check({ resource, schedule, container }, { report }) {
    if (schedule?.value === undefined || resource.isPatched || container === undefined || resource.kind !== "CronJob")
      return;
    if (/^@/.test(schedule.value.trim()) || /[$<{]/.test(schedule.value)) return;
    const cron = parseCron(schedule.value);
    if (cron !== undefined && cron.fields === 5) return;
    const fields = schedule.value.trim().split(/\s+/).length;
    report({
      message:
        fields !== 5
          ? `The API server refuses schedule "${schedule.value}": it has ${fields} fields, and a CronJob takes 5.`
          : `The API server refuses schedule "${schedule.value}": a field is out of range.`,
      at: schedule.at,
    });
  },
});
