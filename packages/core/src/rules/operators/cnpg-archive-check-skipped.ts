import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "cnpg-archive-check-skipped",
  subject: "database",
  operator: "cloudnative-pg",
  meta: {
    summary: "The check that keeps two clusters out of one WAL archive is switched off.",
    rationale:
      "CloudNativePG refuses to archive into a place that is not empty. With the check skipped, a recreated cluster overwrites or mixes the history that a recovery needs.",
    remedy: "Remove the annotation and give the cluster its own serverName.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://cloudnative-pg.io/documentation/current/labels_annotations/"],
    quietWhen: "the cluster archives nothing.",
  },
  check({ resource }, { report }) {
    const node = resource.node.at("metadata", "annotations", "cnpg.io/skipEmptyWalArchiveCheck");
    // Without an archive nothing is skipped.
    const archives =
      resource.node.at("spec", "backup", "barmanObjectStore") !== undefined ||
      resource.node.at("spec", "plugins") !== undefined;
    if (node?.text() !== "enabled" || !archives) return;
    report({
      message: `${nameOf(resource)} may write its WAL into another cluster's archive: skipEmptyWalArchiveCheck is enabled. A mixed archive cannot be restored.`,
      at: node,
    });
  },
});
