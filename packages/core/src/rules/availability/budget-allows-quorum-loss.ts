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
    summary: "A PodDisruptionBudget lets so many members go that the rest is no majority.",
    rationale:
      "Members that decide by majority stop taking writes when too few are left. A drain of several nodes takes as many at once as the budget allows.",
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
      message: `${nameOf(budget)} lets ${limit.allowed} of the ${members} members of ${shortName(database.resource)} go at once (${limit.field} ${limit.node.text() ?? ""}): without a majority of ${members - spare} the others take no writes.`,
      at: limit.node,
      related: [{ message: `${members} members`, at: database.instances.at }],
      fixes: [
        editFix({
          title: limit.field === "maxUnavailable" ? "Let one member go at a time" : `Keep ${members - 1} members`,
          safety: "unsafe",
          consequence: "Drains take the nodes one after the other.",
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
