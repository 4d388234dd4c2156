import { count, nameOf } from "../../domain/model/names.ts";
import { cronFields, parseCron, runsPerDay, withSeconds } from "../../kube/cron.ts";
import { refuseSpec } from "../../rule/admission.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { setValue } from "../../yaml/edit.ts";

export default defineRule({
  id: "cnpg-schedule-has-five-fields",
  subject: "resource",
  kinds: ["ScheduledBackup"],
  meta: {
    summary:
      "The schedule of a CloudNativePG backup has five fields, like a CronJob's: CloudNativePG reads different times from it.",
    rationale:
      "CloudNativePG's cron has six fields, seconds first. Read that way, five fields led to hourly base backups in public clusters: thousands of Backup objects, and an operator killed for memory.",
    remedy: "Add the seconds in front: `0 0 2 * * *`.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "unsafe",
    needs: "file",
    admission: refuseSpec(
      ["postgresql.cnpg.io/*/scheduledbackups"],
      "!object.spec.schedule.startsWith('@') && size(object.spec.schedule.split(' ').filter(f, f != '' && !f.contains('='))) == 5",
    ),
    references: [
      "https://cloudnative-pg.io/documentation/current/backup/#scheduled-backups",
      "https://github.com/Panfactum/stack/issues/120",
    ],
  },
  check(resource, { report }) {
    const schedule = resource.node.at("spec", "schedule");
    const text = schedule?.string() ?? "";
    const fields = cronFields(text);
    if (schedule === undefined || fields?.length !== 5) return;
    // The sixth field, the day of the week, may be left out: five are second, minute, hour, day and month.
    const read = parseCron(`${fields.join(" ")} *`);
    const isDaily = read !== undefined && read.daysOfMonth.length === 31 && read.months.length === 12;
    const effect =
      read === undefined
        ? "is refused"
        : isDaily
          ? `takes ${count(runsPerDay(read), "base backup")} a day`
          : "does not run at the intended times";
    const meant = withSeconds(text);
    report({
      message: `CloudNativePG reads six fields, seconds first: "${text.trim()}" has five, so ${nameOf(resource)} ${effect}. As a CronJob's schedule it is "${meant}".`,
      at: schedule,
      fixes: [
        editFix({
          title: `Set the schedule to "${meant}"`,
          safety: "unsafe",
          consequence: `${nameOf(resource)} runs when a CronJob with this schedule would, no longer when it runs today.`,
          edits: setValue(schedule, meant),
        }),
      ],
    });
  },
});
