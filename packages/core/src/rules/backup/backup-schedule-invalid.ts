import { nameOf } from "../../domain/model/names.ts";
import { firesEver, parseCron } from "../../kube/cron.ts";
import { parseGoDuration } from "../../kube/duration.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { timeZoneFault } from "../../kube/time-zone.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "backup-schedule-invalid",
  subject: "backup",
  meta: {
    summary: "The schedule of a backup CronJob is refused, or never fires.",
    rationale:
      "The API server refuses the object, or accepts a schedule with a date that does not exist: either way no backup is ever taken.",
    remedy: "Write five fields: minute, hour, day of month, month, day of week; and a time zone by its IANA name.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax",
      "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#time-zones",
    ],
  },
  check({ resource, schedule, container }, { report }) {
    if (container === undefined || resource.kind !== "CronJob") return;
    const zone = resource.node.at("spec", "timeZone");
    const name = zone?.text();
    const zoneFault = name === undefined || hasPlaceholder(name) ? undefined : timeZoneFault(name);
    if (zone !== undefined && zoneFault !== undefined)
      report({ message: `The API server refuses timeZone "${name}" of ${nameOf(resource)}: ${zoneFault}.`, at: zone });
    if (schedule?.value === undefined) return;
    const text = schedule.value.trim();
    if (/[$<{]/.test(text)) return;
    const because = whyRefused(text);
    if (because !== undefined) {
      report({ message: `The API server refuses schedule "${schedule.value}": ${because}.`, at: schedule.at });
      return;
    }
    const cron = parseCron(text);
    if (cron !== undefined && !firesEver(cron))
      report({
        message: `${nameOf(resource)} never runs: no date matches schedule "${schedule.value}".`,
        at: schedule.at,
      });
  },
});

// https://github.com/kubernetes/kubernetes/blob/v1.33.0/pkg/apis/batch/validation/validation.go (validateScheduleFormat)
function whyRefused(text: string): string | undefined {
  if (/^(CRON_)?TZ=/.test(text)) return "it names a time zone, which belongs in spec.timeZone";
  const cron = parseCron(text);
  const fields = text.split(/\s+/);
  if (/^@every\s/.test(text))
    return parseGoDuration(text.slice("@every".length).trim()) === undefined
      ? "its duration cannot be read"
      : undefined;
  if (text.startsWith("@")) return cron === undefined ? "there is no such macro" : undefined;
  if (fields.length !== 5)
    return `it has ${fields.length} ${fields.length === 1 ? "field" : "fields"}, but a CronJob takes 5`;
  if (cron !== undefined) return undefined;
  // Other crons know 7 as Sunday. https://github.com/robfig/cron/blob/v3.0.1/spec.go
  return /(^|[,-])7(?=$|[,/-])/.test(fields[4] ?? "")
    ? "a field is out of range: days of the week are 0 to 6"
    : "a field is out of range";
}
