import { cnpgRecovery } from "../../domain/live/cnpg-recovery.ts";
import { conditionOf } from "../../domain/live/live-data.ts";
import { nameOf } from "../../domain/model/names.ts";
import { between, minutes } from "../../kube/ages.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "archive-without-recovery-point",
  subject: "live",
  kinds: ["Cluster"],
  meta: {
    summary: "A CloudNativePG Cluster archives its WAL, but no base backup was ever completed.",
    rationale:
      "WAL alone restores nothing: recovery starts from a base backup. `ContinuousArchiving` is True all the same, and dashboards stay green.",
    remedy:
      "Take a backup now (`kubectl cnpg backup CLUSTER`, with `--method plugin` for the Barman Cloud plugin), wait until it is completed, and restore it once.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "cluster",
    misses: ["Backup", "ObjectStore"],
    references: [
      "https://cloudnative-pg.io/documentation/current/wal_archiving/",
      "https://cloudnative-pg.io/plugin-barman-cloud/docs/observability/",
    ],
    quietWhen: "the Cluster is younger than a day.",
  },
  check(cluster, { workspace, report }) {
    const { live } = workspace;
    const archiving = conditionOf(cluster, "ContinuousArchiving");
    if (live === undefined || archiving?.status !== "True") return;
    // The first base backup has a day.
    const age = between(cluster.node.text("metadata", "creationTimestamp"), live.readAt);
    if (age === undefined || age < minutes(24 * 60)) return;
    const { first, completed, failed } = cnpgRecovery(cluster, live);
    if (first !== undefined || completed.length > 0) return;
    report({
      message: `${nameOf(cluster)} archives WAL, but no base backup was ever completed${failed.length === 0 ? "" : ` (${failed.length} failed)`}: nothing can be restored from that archive.`,
      at: archiving.node,
      related: failed
        .slice(0, 3)
        .map((backup) => ({ message: "this backup failed", at: backup.node.nearest("status", "phase") })),
    });
  },
});
