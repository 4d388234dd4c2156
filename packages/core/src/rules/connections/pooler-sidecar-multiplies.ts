import { nameOf, shortName } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-sidecar-multiplies",
  subject: "pooler",
  meta: {
    summary: "A pooler in each Pod of an application multiplies its pools.",
    rationale:
      "A sidecar pools the connections of one Pod. Each additional Pod brings another pool: what fits with three replicas does not fit with ten, and during a rollout both generations run.",
    remedy: "Run the pooler as its own Deployment, or shrink each sidecar's pool to what one Pod needs.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/config.html#default_pool_size"],
    quietWhen:
      "all Pods together open less than half of what the server accepts; above the whole limit pooler-exceeds-max-connections reports it.",
  },
  check(pooler, { workspace, report }) {
    const { isSidecar, workload, resource, routes } = pooler;
    if (!isSidecar || workload === undefined) return;
    const reached = routes.map(({ reaches }) => reaches).find((reach) => reach.state === "database");
    if (reached?.state !== "database") return;
    const budget = workspace.topology.connectionsOf(reached.database);
    const limit = budget.limit.value;
    const row = budget.rows.find((each) => each.role === "pooler" && each.label === shortName(resource));
    if (limit === undefined || row === undefined || row.pods.peak < 2 || budget.peak > limit) return;
    const most = Math.max(row.peak, row.rollout);
    if (budget.rollout > limit || most * 2 <= limit) return;
    report({
      message: `Each Pod of ${nameOf(resource)} brings its own pool: ${row.formula} = ${row.peak}${row.rollout > row.peak ? ` (${row.rollout} during a rollout)` : ""} of the ${limit} connections that ${shortName(reached.database.resource)} accepts.`,
      at: row.at,
      related: row.terms.filter((term) => term.at !== row.at),
    });
  },
});
