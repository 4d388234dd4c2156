import { shortName } from "../../domain/model/names.ts";
import { parseQuantity } from "../../kube/quantity.ts";
import { defineRule } from "../../rule/rule.ts";
import type { Fact } from "../../yaml/fact.ts";

export default defineRule({
  id: "pool-exceeds-processors",
  subject: "database",
  meta: {
    summary: "Pools let far more queries run at once than the database has processors for.",
    rationale:
      "Queries that run at once share the processors; beyond some multiple each gets slower, and total throughput drops too. A rule of thumb is twice the cores plus the disks; this rule reports at four times that.",
    remedy: "Make the pools smaller: waiting in PgBouncer's queue costs nothing.",
    severity: "info",
    presets: [],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://github.com/brettwooldridge/HikariCP/wiki/About-Pool-Sizing",
      "https://wiki.postgresql.org/wiki/Number_Of_Database_Connections",
    ],
    quietWhen: "no CPU or no pool size is set, or the clients do not use a pooler.",
  },
  check(database, { workspace, report }) {
    const { resource, container } = database;
    const { topology } = workspace;
    if (database.engine !== "postgresql") return;
    const isSized = topology
      .poolersOf(database)
      .some(({ settings, routes }) =>
        [settings.get("default_pool_size"), ...routes.map((each) => each.poolSize)].some(isSet),
      );
    if (!isSized) return;
    const rows = topology.connectionsOf(database).rows.filter(({ role }) => role === "pooler");
    const [row] = [...rows].sort((a, b) => b.peak - a.peak);
    const written =
      resource.node.text("spec", "resources", "limits", "cpu") ??
      resource.node.text("spec", "resources", "requests", "cpu");
    const cores =
      (container?.resource("limits", "cpu") ?? container?.resource("requests", "cpu"))?.value ??
      (written === undefined ? undefined : parseQuantity(written));
    const sum = rows.reduce((total, each) => total + each.peak, 0);
    if (row === undefined || cores === undefined || sum <= 4 * (cores * 2 + 1)) return;
    report({
      message: `Poolers let ${sum} queries run at once in ${shortName(resource)}, which has ${cores} ${cores === 1 ? "core" : "cores"}: beyond about ${Math.round(cores * 2 + 1)} they only slow each other down.`,
      at: row.at,
      related: [{ message: `${row.label}: ${row.formula}`, at: row.at }],
    });
  },
});

function isSet(fact: Fact<unknown> | undefined): boolean {
  return fact?.value !== undefined && fact.origin === "written";
}
