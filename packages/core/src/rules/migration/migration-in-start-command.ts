import { podsOf } from "../../domain/connections/pods.ts";
import { describeOverlap } from "../../domain/migration/overlap.ts";
import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "migration-in-start-command",
  subject: "migration",
  meta: {
    summary: "The application migrates the schema in its start command.",
    rationale:
      "The migration runs in every Pod at every start: in parallel during a rollout, and again whenever a Pod restarts. A liveness probe may kill it halfway.",
    remedy: "Run it once, as a Job before the rollout.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://github.com/multica-ai/multica/issues/3647"],
    quietWhen: "the workload has one replica (only in `all`).",
  },
  check(migration, { workspace, report }) {
    const { workload, where, tool, lock, command, container } = migration;
    if (where !== "start-command" || workload.resource.kind === "Pod") return;
    // A framework that starts its tool is no fault where the tool has a lock that nothing leaves behind.
    if (command === undefined && lock !== "row") return;
    const pods = podsOf(workload, workspace.resources);
    if (pods.peak.value === undefined) return;
    const isSeveral = pods.peak.value > 1;
    report({
      message: isSeveral
        ? `Each of the ${pods.peak.value} Pods of ${nameOf(workload.resource)} migrates the schema with ${tool} before it serves${lock === "none" ? ", at the same time during a rollout" : ""}: ${describeOverlap(migration)}.`
        : `${nameOf(workload.resource)} migrates the schema with ${tool} at every start, even when a node restarts it in the middle of the day.`,
      at: command?.words[0] ?? container.node.nearest("name"),
      ...(isSeveral
        ? lock === "none" || lock === "row" || lock === "unknown"
          ? {}
          : { severity: "info" as const }
        : { severity: "info" as const, presets: [] }),
      related: isSeveral ? [{ message: `${pods.peak.value} Pods`, at: pods.peak.at }] : [],
    });
  },
});
