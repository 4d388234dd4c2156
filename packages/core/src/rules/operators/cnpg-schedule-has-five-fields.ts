import { count, nameOf } from "../../domain/names.ts";
import { parseCron, runsPerDay } from "../../kube/cron.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "cnpg-schedule-has-five-fields",
  subject: "resource",
  kinds: ["ScheduledBackup"],
  meta: {
    summary: "The schedule of a CloudNativePG backup does not mean what it says.",
    rationale:
      "CloudNativePG's cron has six fields, seconds first. Five fields, or a sixth appended at the end, made hourly base backups in public clusters: thousands of Backup objects and an operator killed for memory.",
    remedy: "Put the seconds first: `0 0 2 * * *`.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://cloudnative-pg.io/documentation/current/backup/#scheduled-backups",
      "https://github.com/Panfactum/stack/issues/120",
    ],
  },
  check(resource, { report }) {
    const schedule = resource.node.at("spec", "schedule");
    const text = schedule?.string();
    if (schedule === undefined || text === undefined || /^@|[$<{]/.test(text) || resource.isPatched) return;
    const fields = text
      .trim()
      .replace(/^(CRON_)?TZ=\S+\s+/, "")
      .split(/\s+/);
    if (fields.length === 5) {
      // The sixth field, the day of the week, may be left out: five are second, minute, hour, day and month.
      const read = parseCron(`${fields.join(" ")} *`);
      const isDaily = read !== undefined && read.daysOfMonth.length === 31 && read.months.length === 12;
      const effect =
        read === undefined
          ? "is refused"
          : isDaily
            ? `takes ${count(runsPerDay(read), "base backup")} a day`
            : "runs at other times than meant";
      report({
        message: `CloudNativePG reads six fields, seconds first: "${text}" has five, so ${nameOf(resource)} ${effect}. As a CronJob's schedule it is "0 ${fields.join(" ")}".`,
        at: schedule,
      });
      return;
    }
    const cron = parseCron(text);
    if (cron === undefined || fields.length !== 6) return;
    const runs = runsPerDay(cron);
    // Steps of the hour are written on purpose; each hour is what a shifted field makes.
    if (runs < 24) return;
    report({
      message: `"${text}" takes ${runs} base backups a day (the first field is seconds). Daily at 02:00 is "0 0 2 * * *".`,
      at: schedule,
      severity: "warning",
    });
  },
});
