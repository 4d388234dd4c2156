import { podsOf } from "../../domain/connections/pods.ts";
import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "migration-lock-survives-kill",
  subject: "migration",
  meta: {
    summary: "A migration with a lock table runs where Pods are killed at any time.",
    rationale:
      "Liquibase and Knex use a row as their lock. An init container or application that is killed by a node drain, a probe or a rollout leaves it behind; all later runs wait (`Waiting for changelog lock`).",
    remedy: "Run it as a Job that nothing evicts during the migration, before the rollout.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://github.com/spinnaker/spinnaker/issues/6625"],
    quietWhen: "it runs in a Job, or several replicas run it (migration-runs-on-every-replica reports that).",
  },
  check({ lock, where, workload, tool, container }, { workspace, report }) {
    if (lock !== "row" || where === "job") return;
    if ((podsOf(workload, workspace.resources).peak.value ?? 0) > 1) return;
    report({
      message: `A Pod killed while ${tool} migrates leaves its lock row behind: every later start of ${nameOf(workload.resource)} waits until someone deletes the row by hand.`,
      at: container.node.nearest("name"),
    });
  },
});
