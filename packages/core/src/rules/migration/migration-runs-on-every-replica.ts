import { podsOf } from "../../domain/connections/pods.ts";
import { describeOverlap } from "../../domain/migration/overlap.ts";
import { commandLine } from "../../domain/migration/read-migrations.ts";
import { nameOf } from "../../domain/model/names.ts";
import { option } from "../../rule/option.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "migration-runs-on-every-replica",
  subject: "migration",
  meta: {
    summary: "A schema migration in an init container runs once per Pod, not once per release.",
    rationale:
      "Pods of a rollout start at the same time. alembic and Django take no lock, so two runs can apply the same step; golang-migrate, Prisma and sqlx wait inside `pg_advisory_lock`, which a concurrent index build of the first run has to outwait: it fails, and leaves an invalid index that `IF NOT EXISTS` skips in the next run; Liquibase leaves its lock behind when a probe or a node drain kills it, and every later Pod waits for it.",
    remedy:
      "Run it once, as a Job before the rollout (Helm pre-upgrade, Argo CD PreSync); let the init container only wait for it.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://github.com/OpenHands/OpenHands-Cloud/issues/495",
      "https://alembic.sqlalchemy.org/en/latest/cookbook.html",
    ],
    quietWhen: "the workload has one replica and no autoscaler (only in `all`), or the init container only waits.",
    options: {
      allowTools: option.strings({ description: "Tools whose own lock makes this safe for you.", default: [] }),
    },
  },
  check(migration, { options, workspace, report }) {
    const { workload, where, tool, lock, container, command } = migration;
    if (where !== "init" || options.allowTools.includes(tool)) return;
    const pods = podsOf(workload, workspace.resources);
    const isSeveral = pods.peak.value !== undefined && pods.peak.value > 1;
    if (pods.peak.value === undefined || workload.resource.kind === "Pod") return;
    const line = command === undefined ? tool : commandLine(command);
    const what = command === undefined || line.length > 50 ? tool : `\`${line}\``;
    if (!isSeveral) {
      report({
        message: `Every start of ${nameOf(workload.resource)} runs ${what} first: with a second replica two runs overlap.`,
        at: container.node.nearest("name"),
        severity: "info",
        presets: [],
      });
      return;
    }
    report({
      message:
        lock === "none"
          ? `${tool} takes no lock: each of the ${pods.peak.value} Pods of ${nameOf(workload.resource)} runs ${what} when it starts, at the same time during a rollout.`
          : `Each of the ${pods.peak.value} Pods of ${nameOf(workload.resource)} runs ${what} when it starts: ${describeOverlap(migration)}.`,
      at: container.node.nearest("name"),
      ...(lock === "none" || lock === "row" || lock === "unknown" ? {} : { severity: "info" as const }),
      related: [
        {
          message:
            pods.peak.value === pods.rest.value
              ? `${pods.peak.value} replicas`
              : `the autoscaler goes up to ${pods.peak.value}`,
          at: pods.peak.at,
        },
      ],
    });
  },
});
