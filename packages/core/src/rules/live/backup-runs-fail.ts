import { runsOf } from "../../domain/live/job-runs.ts";
import { conditionOf } from "../../domain/live/live-data.ts";
import { count, nameOf } from "../../domain/model/names.ts";
import { ageText, between, timeText } from "../../kube/ages.ts";
import { longestGap } from "../../kube/cron-gaps.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "backup-runs-fail",
  subject: "live",
  kinds: ["CronJob"],
  meta: {
    summary: "The last runs of a backup job failed, or none has succeeded for longer than its schedule allows.",
    rationale:
      "A backup that fails tells nobody: the CronJob goes on, and the newest good backup gets older with each night.",
    remedy:
      "Read the log of the last failed Job while it is still there, run the backup by hand (`kubectl create job --from=cronjob/NAME`), and alert on `status.lastSuccessfulTime`.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "cluster",
    references: ["https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/cron-job-v1/#CronJobStatus"],
    quietWhen: "the CronJob is suspended, which `backup-suspended` says, or younger than two of its intervals.",
  },
  check(job, { workspace, report }) {
    const { live, topology } = workspace;
    const backup = topology.backups.find(({ resource }) => resource === job);
    if (live === undefined || backup === undefined || job.node.boolean("spec", "suspend") === true) return;
    const { lastSuccess: success, failed, last } = runsOf(job, live);
    const age = between(success?.text(), live.readAt);
    if (failed > 0 && last !== undefined) {
      const reason = conditionOf(last.run, "Failed")?.reason;
      report({
        message: `${failed === 1 ? "The last run" : `The last ${count(failed, "run")}`} of ${nameOf(job)} failed (${timeText(last.at)}${reason === undefined ? "" : `, ${reason}`}); ${age === undefined ? "it has never succeeded" : `the last success was ${ageText(age)} ago`}.`,
        at: success ?? job.node.nearest("spec", "schedule"),
        related: [{ message: "the last failed run", at: last.run.node.nearest("metadata", "name") }],
      });
      return;
    }
    const gap = longestGap(job.node.text("spec", "schedule") ?? "");
    const since = age ?? between(job.node.text("metadata", "creationTimestamp"), live.readAt);
    if (gap === undefined || since === undefined || since <= 2 * gap * 1000) return;
    report({
      message: `${nameOf(job)} is due every ${ageText(gap * 1000)}, but ${age === undefined ? `has not succeeded once in ${ageText(since)}` : `its last success was ${ageText(age)} ago`}.`,
      at: success ?? job.node.nearest("spec", "schedule"),
    });
  },
});
