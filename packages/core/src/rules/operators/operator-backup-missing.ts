import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";
import type { YamlNode } from "../../yaml/node.ts";

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
  check({ operator, resource }, { report }) {
    const section = operator?.backups;
    if (section === undefined) return;
    const node = resource.node.at(...section.path);
    const isOff =
      node === undefined ||
      (section.enabled !== undefined && isOffOrMissing(node.at(section.enabled))) ||
      (section.list !== undefined &&
        (node.at(section.list)?.items().length ?? 0) + (node.at(section.list)?.entries().length ?? 0) === 0);
    if (!isOff) return;
    report({
      message: `${nameOf(resource)} takes no backup: ${section.missing}.`,
      at: node ?? resource.node.nearest("spec"),
      point: "key",
    });
  },
});

/** A placeholder may be true. */
function isOffOrMissing(node: YamlNode | undefined): boolean {
  return node === undefined || node.boolean() === false;
}
