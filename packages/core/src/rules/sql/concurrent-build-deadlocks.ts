import { changesOf } from "../../domain/migration/script.ts";
import { nameOf } from "../../domain/model/names.ts";
import { runsAtOnce } from "../../domain/release/runners.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "concurrent-build-deadlocks",
  subject: "script",
  meta: {
    summary: "Several Pods migrate at once, and the ones that wait make a concurrent index build fail.",
    rationale:
      'golang-migrate, Prisma, sqlx and sqitch wait inside `SELECT pg_advisory_lock(…)`. CREATE INDEX CONCURRENTLY has to outwait every older query, these too, and they wait for the lock of the run that builds: PostgreSQL ends one of them with "deadlock detected" and the index is invalid.',
    remedy: "Run the migration once, as a Job before the rollout: `kubectl dbops new db-migration-job`.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://github.com/golang-migrate/migrate/issues/960",
      "https://github.com/prisma/prisma-engines/pull/5755",
    ],
    yieldsTo: ["concurrent-build-in-transaction"],
    quietWhen:
      "one Pod migrates, or the tool asks for its lock again and again instead of waiting in a query (Rails, Flyway, Atlas).",
  },
  check(script, { workspace, report }) {
    const first = changesOf(script, "create-index", "reindex").find(({ isConcurrent }) => isConcurrent);
    if (first === undefined) return;
    for (const migration of script.migrations) {
      const { lock, wait, workload, tool, container } = migration;
      const runs = runsAtOnce(migration, workspace.everything.resources);
      if (lock !== "session" || wait !== "blocks" || runs === undefined || runs < 2) continue;
      const isSkipped = first.does === "create-index" && first.isIfNotExists;
      report({
        message: `${runs} Pods of ${nameOf(workload.resource)} run ${tool} at once. ${runs === 2 ? "The one that waits" : `The ${runs - 1} that wait`} in pg_advisory_lock block${runs === 2 ? "s" : ""} ${first.words} CONCURRENTLY: one run fails with "deadlock detected"${isSkipped ? `, the next finds an invalid index, skips it (IF NOT EXISTS) and reports success` : `, and ${first.name ?? "the index"} is left invalid`}.`,
        at: first.at,
        related: [{ message: `runs ${tool}`, at: container.node.nearest("name") }],
      });
      return;
    }
  },
});
