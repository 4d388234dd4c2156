import { conditionOf } from "../../domain/live/live-data.ts";
import { nameOf } from "../../domain/model/names.ts";
import { timeText } from "../../kube/ages.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "archiving-fails",
  subject: "live",
  kinds: ["Cluster"],
  meta: {
    summary: "A CloudNativePG Cluster cannot archive its WAL.",
    rationale:
      "PostgreSQL keeps each WAL segment until it is archived: no later point in time can be restored, and the volume fills until the database stops.",
    remedy:
      "The condition and the log of the primary say what the object store answers: credentials, bucket, network. Free space comes back by itself once archiving works; delete no WAL by hand.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "cluster",
    references: ["https://cloudnative-pg.io/documentation/current/wal_archiving/"],
  },
  check(cluster, { report }) {
    const archiving = conditionOf(cluster, "ContinuousArchiving");
    if (archiving?.status !== "False") return;
    const since = archiving.since === undefined ? "" : ` since ${timeText(archiving.since)}`;
    report({
      message: `${nameOf(cluster)} has not archived WAL${since}${archiving.reason === undefined ? "" : ` (${archiving.reason})`}: its volume fills up, and nothing later can be restored.`,
      at: archiving.node,
    });
  },
});
