import { nameOf } from "../../domain/model/names.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "cnpg-retention-ignored",
  subject: "database",
  operator: "cloudnative-pg",
  meta: {
    summary: "The retention is in the Cluster, but the backups are the plugin's.",
    rationale:
      "`spec.backup.retentionPolicy` belongs to the in-tree object store. With the Barman Cloud plugin the ObjectStore says how long backups are kept; without its `retentionPolicy` nothing is ever deleted.",
    remedy: "Move retentionPolicy to the ObjectStore (`spec.retentionPolicy`).",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://cloudnative-pg.io/plugin-barman-cloud/docs/retention/"],
    quietWhen:
      "the Cluster has the in-tree object store, the ObjectStore in view has a retention of its own, or the value is filled in later.",
  },
  check({ resource }, { workspace, report }) {
    const { node } = resource;
    const at = node.at("spec", "backup", "retentionPolicy");
    const plugin = (node.at("spec", "plugins")?.items() ?? []).find((each) => each.boolean("isWALArchiver") === true);
    if (at === undefined || plugin === undefined || node.at("spec", "backup", "barmanObjectStore") !== undefined)
      return;
    const store = plugin.text("parameters", "barmanObjectName");
    const found = store === undefined ? undefined : workspace.resources.find("ObjectStore", store, resource);
    if (found?.node.at("spec", "retentionPolicy") !== undefined || hasPlaceholder(at.text() ?? "")) return;
    report({
      message: `retentionPolicy ${at.text() ?? ""} of ${nameOf(resource)} is ignored: the Barman Cloud plugin reads that of ObjectStore ${store ?? ""}${found === undefined ? "" : ", which has none, so backups are kept forever"}.`,
      at,
    });
  },
});
