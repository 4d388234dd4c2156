import { isMysqlHost } from "../../domain/model/mysql-host.ts";
import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";
import { insertKey } from "../../yaml/edit.ts";

export default defineRule({
  id: "migration-job-without-deadline",
  subject: "migration",
  meta: {
    summary: "A migration Job may hang forever.",
    rationale:
      "An ALTER TABLE waits for every open transaction, and all later queries on the table queue behind it. Without a deadline nobody notices. A deadline alone kills the Pod, not its statement: the server goes on waiting for the lock.",
    remedy:
      "Begin the migration with `SET lock_timeout = '5s'`, or use the tool's own setting. Set in `PGOPTIONS` it applies to every statement: a `CREATE INDEX CONCURRENTLY` that waits longer is canceled too, and leaves an invalid index behind. On PostgreSQL 14 and later set `client_connection_check_interval`, so that the server ends the statement of a killed Pod. Then set `activeDeadlineSeconds` above the longest migration.",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "unsafe",
    needs: "file",
    references: [
      "https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-termination-and-cleanup",
      "https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-LOCK-TIMEOUT",
      "https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-CLIENT-CONNECTION-CHECK-INTERVAL",
    ],
  },
  check({ where, workload, tool, hosts }, { report }) {
    const { resource } = workload;
    if (where !== "job" || resource.kind !== "Job") return;
    if (
      resource.node.at("spec", "activeDeadlineSeconds") !== undefined ||
      workload.podSpec.at("activeDeadlineSeconds") !== undefined
    )
      return;
    const spec = resource.node.at("spec");
    const edits = spec && insertKey(spec, "activeDeadlineSeconds", 1800);
    report({
      message: `${/^([aeiou]|npm)/i.test(tool) ? "An" : "A"} ${tool} migration that waits for a lock waits forever: ${nameOf(resource)} has no activeDeadlineSeconds, and everything that needs the table queues behind it.`,
      remedy: hosts.some(isMysqlHost)
        ? "Begin the migration with `SET SESSION lock_wait_timeout = 5` (it is a year by default, in MariaDB a day), or put it into the tool's connection. The statement of a killed Pod goes on in the server until `KILL` ends it. Then set `activeDeadlineSeconds` above the longest migration."
        : undefined,
      at: resource.node.nearest("spec"),
      point: "key",
      fixes: [
        edits && {
          title: "Set activeDeadlineSeconds to 1800",
          safety: "unsafe",
          consequence:
            "Kubernetes ends a migration that takes longer than 30 min; its statement may go on in the server.",
          edits,
        },
      ],
    });
  },
});
