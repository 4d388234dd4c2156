import { nameOf } from "../../domain/model/names.ts";
import { lacksBarman } from "../../domain/operators/cnpg-archive-faults.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "cnpg-in-tree-backup-deprecated",
  subject: "database",
  operator: "cloudnative-pg",
  meta: {
    summary: "The in-tree object store backup of CloudNativePG is deprecated.",
    rationale:
      "Since 1.26 the Barman Cloud plugin handles backups to object stores. A later operator version without the in-tree code stops archiving.",
    remedy:
      "Install the plugin, create an ObjectStore with the same settings, and name it under `plugins`; keep serverName and path as they are.",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://cloudnative-pg.io/documentation/current/backup/",
      "https://cloudnative-pg.io/plugin-barman-cloud/docs/migration/",
    ],
  },
  check({ resource, image }, { report }) {
    const sources = (resource.node.at("spec", "externalClusters")?.items() ?? []).map((each) =>
      each.at("barmanObjectStore"),
    );
    const [node] = [resource.node.at("spec", "backup", "barmanObjectStore"), ...sources].filter(
      (each) => each !== undefined,
    );
    // cnpg-image-without-barman says the graver thing about the same block.
    if (node === undefined || lacksBarman(image)) return;
    report({
      message: `${nameOf(resource)} uses barmanObjectStore, deprecated since CloudNativePG 1.26 (2025-05) and due to be removed: the Barman Cloud plugin replaces it.`,
      at: node,
      point: "key",
    });
  },
});
