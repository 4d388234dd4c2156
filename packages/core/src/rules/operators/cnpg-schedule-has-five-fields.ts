import { nameOf } from "../../domain/names.ts";
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
    const fields = text.trim().split(/\s+/);
    const cron = parseCron(text);
    if (fields.length === 5) {
      report({
        message: `CloudNativePG reads six fields, seconds first: "${text}" has five, so ${nameOf(resource)} is refused or runs at other times than meant. Daily at 02:00 is "0 0 2 * * *".`,
        at: schedule,
      });
      return;
    }
    if (cron === undefined || fields.length !== 6) return;
    const runs = runsPerDay(cron);
    if (runs < 5) return;
    report({
      message: `"${text}" takes ${runs} base backups a day (the first field is seconds). Daily at 02:00 is "0 0 2 * * *".`,
      at: schedule,
      severity: "warning",
    });
  },
});
