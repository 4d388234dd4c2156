import { backupsOff } from "../../domain/backup/backups-off.ts";
import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "operator-backup-missing",
  subject: "database",
  meta: {
    summary: "An operator's database is configured without backups.",
    rationale:
      "These operators take backups themselves if their custom resource says where to put them. Without that section there is no backup and no point-in-time recovery.",
    remedy: "Add the backup section with a storage and a schedule.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://docs.percona.com/percona-operator-for-mysql/pxc/backups.html",
      "https://access.crunchydata.com/documentation/postgres-operator/latest/tutorials/backups-disaster-recovery",
    ],
    quietWhen: "the operator's backups are configured outside the custom resource (Zalando, mariadb-operator).",
  },
  check(database, { report }) {
    const off = backupsOff(database);
    if (off === undefined) return;
    report({
      message: `${nameOf(database.resource)} takes no backup: ${off.because}.`,
      at: off.at,
      point: "key",
    });
  },
});
