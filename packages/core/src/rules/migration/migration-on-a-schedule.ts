import { nameOf } from "../../domain/model/names.ts";
import { firesEver, parseCron } from "../../kube/cron.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "migration-on-a-schedule",
  subject: "migration",
  meta: {
    summary: "A CronJob migrates the schema, at a time that no release chose.",
    rationale:
      "A schedule knows nothing of a rollout: new Pods run on the old schema until it comes round, or old Pods on the new one. It runs the migration again after a rollback, and with `concurrencyPolicy: Allow` (the default) a slow run is joined by the next.",
    remedy: "Run it once for each release, as a Job or hook before the rollout: `kubectl dbops new db-migration-job`.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#concurrency-policy"],
    quietWhen:
      "the CronJob is suspended or its schedule has no day (a template for Jobs), or it only runs SQL of its own with psql.",
  },
  check({ workload: { resource }, tool }, { report }) {
    const spec = resource.node.at("spec");
    const schedule = spec?.at("schedule");
    if (resource.kind !== "CronJob" || schedule === undefined || /^(?:psql|npm script|migration script)$/.test(tool))
      return;
    if (spec?.boolean("suspend") === true || hasPlaceholder(schedule.text() ?? "")) return;
    const cron = parseCron(schedule.text() ?? "");
    if (cron !== undefined && !firesEver(cron)) return;
    const isAlone = /^(?:Forbid|Replace)$/.test(spec?.text("concurrencyPolicy") ?? "");
    report({
      message: `${nameOf(resource)} migrates the schema with ${tool} on the schedule "${schedule.text() ?? ""}", not with a release${isAlone ? "" : ", and starts a second run while a slow one is still at it (concurrencyPolicy Allow)"}.`,
      at: schedule,
    });
  },
});
