import { nameOf } from "../../domain/model/names.ts";
import { namespacesAgree } from "../../kube/namespace.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "cnpg-retention-prunes-nothing",
  subject: "database",
  operator: "cloudnative-pg",
  meta: {
    summary: "A retention policy applies to no backup, and the WAL archive only grows.",
    rationale:
      "`retentionPolicy` deletes base backups in the object store and the WAL that none of them needs. Volume snapshots are not its business: where only they are scheduled, no WAL is ever deleted.",
    remedy:
      "Schedule a base backup to the object store as well (`method: barmanObjectStore`), and delete old snapshots by other means.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "folder",
    misses: ["ScheduledBackup"],
    references: [
      "https://cloudnative-pg.io/documentation/current/appendixes/backup_volumesnapshot/",
      "https://github.com/cloudnative-pg/cloudnative-pg/issues/3809",
    ],
    quietWhen: "a schedule in view takes base backups to the store, or none is in view.",
  },
  check({ resource }, { workspace, report }) {
    const policy = resource.node.at("spec", "backup", "retentionPolicy");
    const written = policy?.text();
    if (policy === undefined || written === undefined || hasPlaceholder(written)) return;
    if (resource.node.at("spec", "backup", "barmanObjectStore") === undefined) return;
    const own = workspace.everything.resources.ofKind("ScheduledBackup").filter((each) => {
      const name = each.node.text("spec", "cluster", "name") ?? "";
      return (name === resource.name || hasPlaceholder(name)) && namespacesAgree(each, resource);
    });
    const [first] = own;
    if (first === undefined || own.some((each) => each.node.text("spec", "method") !== "volumeSnapshot")) return;
    report({
      message: `retentionPolicy ${written} of ${nameOf(resource)} deletes nothing: ${nameOf(first)} takes volume snapshots, which it does not cover, so the WAL archive only grows.`,
      at: policy,
      related: [{ message: nameOf(first), at: first.node.nearest("spec", "method") }],
    });
  },
});
