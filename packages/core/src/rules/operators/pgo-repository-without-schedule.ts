import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pgo-repository-without-schedule",
  subject: "database",
  meta: {
    summary: "No pgBackRest repository has a schedule: the only backup is the first one.",
    rationale:
      "The operator takes one full backup when it creates the cluster. Without `schedules` nothing follows: a restore replays all WAL since that day, and the WAL has to be kept as long.",
    remedy: "Add `schedules` with a weekly `full` and a daily `incremental` to a repository.",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://access.crunchydata.com/documentation/postgres-operator/latest/tutorials/backups-disaster-recovery/backup-management",
    ],
    quietWhen: "one repository has a schedule, or backups are taken by hand (`manual`).",
  },
  check({ operator, resource }, { report }) {
    if (operator?.name !== "crunchy-pgo" && operator?.name !== "percona-pg") return;
    const section = resource.node.at("spec", "backups", "pgbackrest");
    const repositories = section?.at("repos")?.items() ?? [];
    if (section === undefined || repositories.length === 0 || section.at("manual") !== undefined) return;
    if (repositories.some((each) => each.at("schedules") !== undefined)) return;
    report({
      message: `${nameOf(resource)} has one backup, the one taken at creation: no repository has a schedule, so a restore replays all WAL since then.`,
      at: section.nearest("repos"),
      point: "key",
    });
  },
});
