import type { ConnectionRow } from "../../domain/model/connections.ts";
import { count, shortName } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-exceeds-max-connections",
  subject: "database",
  meta: {
    summary: "Poolers and clients may open more connections than the server accepts.",
    rationale:
      "PgBouncer keeps a pool for each database entry and user, in each of its Pods: replicas x databases x users x (pool + reserve). At the limit the server answers `too many clients already`, first to those that need a connection most: migrations, backups, a failover.",
    remedy:
      "Use the pool size that `kubectl dbops pool` proposes, cap it with `max_db_connections`, or raise `max_connections` where memory allows.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    reportsAt: ["Deployment", "StatefulSet", "Pooler"],
    references: [
      "https://www.pgbouncer.org/config.html#default_pool_size",
      "https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-MAX-CONNECTIONS",
    ],
    quietWhen:
      "a term is not in view and the rest fits; an autoscaler's maximum or a rollout alone is a warning; sums that rely on a library's default pool are an info in the preset all.",
  },
  check(database, { workspace, report }) {
    const { topology } = workspace;
    const budget = topology.connectionsOf(database);
    const limit = budget.limit.value;
    if (limit === undefined || budget.rows.length === 0) return;
    if (budget.peak <= limit && budget.rollout <= limit) return;
    const moment = budget.peak > limit ? "peak" : "rollout";
    const rows = enough(budget.rows, moment, limit);
    const largest = rows[0];
    if (largest === undefined) return;
    const isAssumed = rows.some((row) => row.isByDefault);
    const podsOf = (row: ConnectionRow): string => count(row.pods[moment], row.role === "pooler" ? "pooler" : "Pod");
    const formulas = rows.map((row) => `${rows.length > 1 ? `${row.label} ` : ""}${podsOf(row)} x ${row.perPod}`);
    const formula = [...formulas.slice(0, 3), ...(rows.length > 3 ? [`${rows.length - 3} more`] : [])].join(" + ");
    const isMore = budget.isLowerBound || rows.length < budget.rows.length;
    const sum = rows.reduce((total, row) => total + row[moment], 0);
    const kind = topology.poolersOf(database).length > 0 ? "server connections" : "connections";
    const name = shortName(database.resource);
    const fact = `${moment === "rollout" ? "During a rollout: " : ""}${formula} = ${isMore ? "at least " : ""}${sum} ${kind}, but ${name} accepts ${limit} (${budget.limitFormula})`;
    // Following the advice must not lead to the next finding: the tighter moment decides.
    const isTighterAtRollout = moment === "peak" && budget.rollout > budget.peak;
    const [fitting] = topology.settingsThatFit(budget, isTighterAtRollout ? "rollout" : moment);
    const text = isTighterAtRollout
      ? fitting?.text.replace(/ fits(?=: |$)/, " fits, also during a rollout")
      : fitting?.text;
    const advice = text !== undefined && fitting?.owner.role !== "database" && rows.length === 1 ? `; ${text}` : "";
    report({
      message: `${fact}${advice}.`,
      remedy:
        topology.poolersOf(database).length > 0
          ? undefined
          : "Use the pool size that `kubectl dbops pool` proposes, put a pooler between, or raise `max_connections` where memory allows.",
      at: largest.at,
      ...(isAssumed
        ? { severity: "info" as const, presets: [] }
        : moment === "peak" && !largest.isAutoscaled
          ? {}
          : { severity: "warning" as const }),
      related: [
        ...largest.terms.filter((term) => term.at !== largest.at),
        { message: budget.limitFormula, at: budget.limit.at },
      ],
    });
  },
});

/** The largest rows that are over the limit by themselves: the rest is not needed to see it. Assumed pools come last. */
function enough(rows: readonly ConnectionRow[], moment: "peak" | "rollout", limit: number): readonly ConnectionRow[] {
  const sorted = [...rows].sort((a, b) => Number(a.isByDefault) - Number(b.isByDefault) || b[moment] - a[moment]);
  let sum = 0;
  const end = sorted.findIndex((row) => {
    sum += row[moment];
    return sum > limit;
  });
  return sorted.slice(0, end + 1);
}
