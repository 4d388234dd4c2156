import { backupCoverage } from "../../domain/backup/backup-coverage.ts";
import { nameOf } from "../../domain/model/names.ts";
import { backupKinds } from "../../facts/kinds.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "backup-without-restore-test",
  subject: "workspace",
  meta: {
    summary: "Backups are taken, but nothing tests that they can be restored.",
    rationale:
      "Five backup paths, none usable: that is how GitLab lost data in 2017. A weekly Job that restores into a scratch database is the only proof.",
    remedy: "Add a Job that restores the latest backup and counts rows; label it `dbops/restore-test`.",
    severity: "info",
    presets: [],
    since: "0.1.0",
    fixable: "no",
    needs: "folder",
    misses: backupKinds,
    references: ["https://about.gitlab.com/blog/2017/02/10/postmortem-of-database-outage-of-january-31/"],
    quietWhen:
      "a recovery, a restore command or the label `dbops/restore-test` is in view, or the database's own resource schedules its backups.",
  },
  check(workspace, { report, isOff }) {
    const backups = workspace.topology.backups.filter(
      (backup) =>
        backup.databases.length > 0 &&
        backup.schedule !== undefined &&
        !isOff(backup.resource) &&
        // What an operator takes by the resource itself it restores by an object of the moment, which no repository keeps.
        !backup.databases.some(({ resource }) => resource === backup.resource),
    );
    // By name, so that it is the same one in files and in a cluster.
    const [first] = [...backups].sort((a, b) => (nameOf(a.resource) < nameOf(b.resource) ? -1 : 1));
    if (first === undefined) return;
    if (backupCoverage(workspace).hasRestore) return;
    report({
      message: `Nothing in view restores what ${nameOf(first.resource)} backs up: whether that backup can be restored is unknown.`,
      at: first.resource.node.nearest("metadata", "name"),
      subject: first.resource,
    });
  },
});
