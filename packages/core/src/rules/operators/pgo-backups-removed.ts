import { nameOf } from "../../domain/model/names.ts";
import { refuseAnnotation } from "../../rule/admission.ts";
import { defineRule } from "../../rule/rule.ts";

const annotation = "postgres-operator.crunchydata.com/authorizeBackupRemoval";

export default defineRule({
  id: "pgo-backups-removed",
  subject: "resource",
  kinds: ["PostgresCluster"],
  meta: {
    summary: "An annotation lets PGO delete the backups.",
    rationale:
      "PGO deletes the repositories on claims of a cluster once `spec.backups` is gone and this annotation allows it. Left in the manifest, a merge that drops the section deletes all backups without a question.",
    remedy: "Remove the annotation.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    admission: refuseAnnotation(
      ["postgres-operator.crunchydata.com/*/postgresclusters"],
      `'${annotation}' in object.metadata.annotations && object.metadata.annotations['${annotation}'] == 'true'`,
    ),
    references: [
      "https://access.crunchydata.com/documentation/postgres-operator/latest/tutorials/backups-disaster-recovery/backups",
    ],
    quietWhen: "the annotation is not true.",
  },
  check(resource, { report }) {
    const at = resource.node.at("metadata", "annotations", annotation);
    if (at?.text() !== "true") return;
    const isGone = resource.node.at("spec", "backups") === undefined;
    report({
      message: isGone
        ? `PGO deletes the backup repositories of ${nameOf(resource)}: it has no spec.backups, and authorizeBackupRemoval is true.`
        : `Nothing but spec.backups keeps the backup repositories of ${nameOf(resource)}: authorizeBackupRemoval is true.`,
      at,
    });
  },
});
