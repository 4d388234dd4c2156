import { nameOf } from "../../domain/model/names.ts";
import { missingStorage } from "../../domain/operators/percona-backups.ts";
import { defineRule } from "../../rule/rule.ts";
import { closest } from "../../text/closest.ts";

export default defineRule({
  id: "percona-backup-storage-unknown",
  subject: "database",
  meta: {
    summary: "A backup schedule names a storage that the cluster does not have.",
    rationale:
      "Percona's operators look a schedule's storageName up in `spec.backup.storages`. A name that is not there is an error at each run, and no backup is taken.",
    remedy: "Use the name of a storage in `spec.backup.storages`, or add the storage.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://docs.percona.com/percona-operator-for-mysql/pxc/backups-scheduled.html",
      "https://docs.percona.com/percona-operator-for-mongodb/backups-scheduled.html",
    ],
    quietWhen: "the storages are not written in this resource, or a name is filled in later.",
  },
  check({ operator, resource }, { report }) {
    const section = resource.node.at("spec", "backup");
    if (section === undefined || !/^percona-(?:pxc|psmdb)$/.test(operator?.name ?? "")) return;
    const pitr = section.at("pitr");
    const schedules = [...(section.at("schedule")?.items() ?? []), ...(section.at("tasks")?.items() ?? [])];
    for (const item of pitr?.boolean("enabled") === true ? [...schedules, pitr] : schedules) {
      const missing = missingStorage(section, item);
      if (missing === undefined) continue;
      const { name, storages, at } = missing;
      const meant = closest(name, storages);
      const who = item === pitr ? "pitr" : `Schedule ${item.text("name") ?? ""}`.trim();
      const has = storages.length === 0 ? "none is defined" : `it has ${storages.slice(0, 3).join(", ")}`;
      report({
        message: `${who} of ${nameOf(resource)} saves nothing: spec.backup.storages has no ${name} (${has})${meant === undefined ? "." : `; did you mean ${meant}?`}`,
        at,
      });
    }
  },
});
