import { nameOf } from "../../domain/model/names.ts";
import { ownArchive, restoredArchive } from "../../domain/operators/cnpg-archive.ts";
import { refuseAnnotation } from "../../rule/admission.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "cnpg-archive-check-skipped",
  subject: "database",
  operator: "cloudnative-pg",
  meta: {
    summary: "The check that keeps two clusters out of one WAL archive is switched off.",
    rationale:
      "CloudNativePG refuses to archive into a place that is not empty. With the check skipped, a cluster that is created again overwrites or mixes the history that a recovery needs.",
    remedy: "Remove the annotation and give the cluster its own serverName.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    admission: refuseAnnotation(
      ["postgresql.cnpg.io/*/clusters"],
      "'cnpg.io/skipEmptyWalArchiveCheck' in object.metadata.annotations && object.metadata.annotations['cnpg.io/skipEmptyWalArchiveCheck'] == 'enabled' && (has(object.spec.plugins) || (has(object.spec.backup) && has(object.spec.backup.barmanObjectStore)))",
    ),
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
    const source = restoredArchive(resource.node);
    const isSame = source !== undefined && source.place === ownArchive(resource.node, resource.name);
    report({
      message: isSame
        ? `${nameOf(resource)} writes its WAL into archive ${source.serverName}, the one it is restored from: skipEmptyWalArchiveCheck is enabled. If the old cluster still runs, both archive there, and after a failover one overwrites WAL of the other.`
        : `Created a second time, ${nameOf(resource)} writes its WAL into the archive of the first: skipEmptyWalArchiveCheck is enabled. A mixed archive cannot be restored.`,
      at: node,
      related: isSame ? [{ message: "restored from here", at: source.at }] : [],
    });
  },
});
