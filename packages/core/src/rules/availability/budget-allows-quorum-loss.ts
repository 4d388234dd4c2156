import type { Database } from "../../domain/model/database.ts";
import { nameOf, shortName } from "../../domain/model/names.ts";
import { decidesByMajority } from "../../domain/workspace/conditions.ts";
import { allowedDisruptions } from "../../kube/disruption.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { setValue } from "../../yaml/edit.ts";

export default defineRule({
  id: "budget-allows-quorum-loss",
  subject: "resource",
  kinds: ["PodDisruptionBudget"],
  meta: {
    summary: "A PodDisruptionBudget allows evictions that leave the members without a majority.",
    rationale:
      "Members that decide by majority stop accepting writes when too few are left. Draining several nodes evicts as many at once as the budget allows.",
    remedy: "`maxUnavailable: 1`.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "unsafe",
    needs: "file",
    references: [
      "https://kubernetes.io/docs/tasks/run-application/configure-pdb/",
      "https://galeracluster.com/library/documentation/weighted-quorum.html",
    ],
    quietWhen: "fewer than three members run, or the engine does not decide by majority.",
  },
  check(budget, { workspace, report }) {
    const [workload] = workspace.resources.selectedBy(budget);
    const database = workload === undefined ? undefined : workspace.topology.databaseOf(workload);
    const members = database?.instances.value;
    if (database === undefined || members === undefined || members < 3) return;
    if (!decidesByMajority(database) && !isGalera(database)) return;
    const limit = allowedDisruptions(budget, members);
    const spare = Math.floor((members - 1) / 2);
    if (limit === undefined || limit.allowed <= spare) return;
    report({
      message: `${nameOf(budget)} lets drains evict ${limit.allowed} of the ${members} members of ${shortName(database.resource)} at once (${limit.field} ${limit.node.text() ?? ""}): without a majority of ${members - spare} the rest accept no writes.`,
      at: limit.node,
      related: [{ message: `${members} members`, at: database.instances.at }],
      fixes: [
        editFix({
          title: limit.field === "maxUnavailable" ? "Allow one eviction at a time" : `Keep ${members - 1} members`,
          safety: "unsafe",
          consequence: "Drains proceed one node at a time.",
          edits: setValue(limit.node, limit.field === "maxUnavailable" ? 1 : members - 1),
        }),
      ],
    });
  },
});

function isGalera({ engine, container, image }: Database): boolean {
  if (engine !== "mysql" && engine !== "mariadb") return false;
  return (
    /galera|percona-xtradb-cluster/.test(image?.name ?? "") ||
    container?.argv.some(({ value }) => /wsrep/i.test(value ?? "")) === true
  );
}
