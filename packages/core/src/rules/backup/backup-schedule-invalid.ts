import { dialectOf, zoneFaultOf } from "../../domain/backup/backup-fault.ts";
import { nameOf } from "../../domain/model/names.ts";
import { neverFires, whyRefused } from "../../kube/schedule-fault.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "backup-schedule-invalid",
  subject: "backup",
  meta: {
    summary: "The schedule of a backup is refused, or never fires.",
    rationale:
      "The API server or the operator refuses the schedule, or accepts one with a date that does not exist: either way no backup is ever taken.",
    remedy:
      "Write five fields: minute, hour, day of month, month, day of week (CloudNativePG: six, seconds first); and a time zone by its IANA name.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    yieldsTo: ["cnpg-schedule-has-five-fields"],
    references: [
      "https://github.com/kubernetes/kubernetes/blob/v1.33.0/pkg/apis/batch/validation/validation.go",
      "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax",
      "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#time-zones",
    ],
  },
  check(backup, { report }) {
    const { resource, schedule } = backup;
    const isCronJob = resource.kind === "CronJob";
    const zone = zoneFaultOf(resource);
    if (zone !== undefined)
      report({
        message: `The API server refuses timeZone "${zone.name}" of ${nameOf(resource)}: ${zone.because}.`,
        at: zone.at,
      });
    if (schedule?.value === undefined || schedule.origin === "default") return;
    const dialect = dialectOf(backup);
    const because = whyRefused(schedule.value, dialect);
    if (because !== undefined)
      report({
        message: isCronJob
          ? `The API server refuses schedule "${schedule.value}": ${because}.`
          : `No backup of ${nameOf(resource)} runs at "${schedule.value}": the schedule is refused, ${because}.`,
        at: schedule.at,
      });
    else if (neverFires(schedule.value, dialect))
      report({
        message: `${nameOf(resource)} never runs: no date matches schedule "${schedule.value}".`,
        at: schedule.at,
      });
  },
});
