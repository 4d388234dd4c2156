import { pauseOf } from "../../domain/backup/pause.ts";
import { nameOf } from "../../domain/model/names.ts";
import { cronFields, parseCron, runsPerDay } from "../../kube/cron.ts";
import { defineRule } from "../../rule/rule.ts";

/** Steps of the hour (every 4, every 6) are written on purpose; each hour is what a shifted field makes. */
const suspicious = 24;

export default defineRule({
  id: "base-backup-too-often",
  subject: "resource",
  kinds: ["ScheduledBackup"],
  meta: {
    summary: "A CloudNativePG schedule takes a base backup every hour or more often.",
    rationale:
      "The first of six fields is seconds. A field appended to a five-field schedule, or put in front of it, moves the others: `0 2 * * * *` is every hour at minute 2. One such repository made 17,000 Backup objects before the operator was killed for memory.",
    remedy: "Write `0 0 2 * * *` for daily at 02:00; WAL archiving covers the time between base backups.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://cloudnative-pg.io/documentation/current/backup/#scheduled-backups",
      "https://github.com/dsx-ai-factory/nv-config-manager/issues/244",
    ],
    quietWhen: "the backup is suspended.",
  },
  check(resource, { report }) {
    const schedule = resource.node.at("spec", "schedule");
    const fields = cronFields(schedule?.string());
    if (schedule === undefined || fields?.length !== 6) return;
    const cron = parseCron(fields.join(" "));
    if (cron === undefined || pauseOf(resource) !== undefined) return;
    const runs = runsPerDay(cron);
    if (runs < suspicious) return;
    report({
      message: `"${fields.join(" ")}" makes ${nameOf(resource)} take ${runs} base backups a day (the first field is seconds). Daily at 02:00 is "0 0 2 * * *".`,
      at: schedule,
    });
  },
});
