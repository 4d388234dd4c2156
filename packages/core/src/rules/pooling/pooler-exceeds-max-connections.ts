import { shortName } from "../../domain/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-exceeds-max-connections",
  subject: "database",
  meta: {
    summary: "Poolers and clients may open more connections than the server accepts.",
    rationale:
      "PgBouncer keeps a pool for each database entry and user, in each of its Pods: replicas x databases x users x (pool + reserve). At the limit the server answers `too many clients already`, first to those who need it most: migrations, backups, a failover.",
    remedy:
      "Lower `default_pool_size`, cap it with `max_db_connections`, or raise `max_connections` where the memory allows it.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://www.pgbouncer.org/config.html#default_pool_size",
      "https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-MAX-CONNECTIONS",
    ],
    quietWhen: "a term is not in view and the rest fits; an autoscaler's maximum or a rollout alone is a warning.",
  },
  check(database, { workspace, report }) {
    const { topology } = workspace;
    const budget = topology.connectionsOf(database);
    const poolers = topology.poolersOf(database);
    const limit = budget.limit.value;
    if (limit === undefined || budget.rows.length === 0 || database.resource.isPatched) return;
    if (budget.peak <= limit && budget.rollout <= limit) return;
    const isPooled = poolers.length > 0;
    const largest = [...budget.rows].sort((a, b) => b.peak - a.peak)[0];
    if (largest === undefined) return;
    const shown = budget.rows.length > 3 ? budget.rows.slice(0, 3) : budget.rows;
    const formula =
      shown.map((row) => (budget.rows.length > 1 ? `${row.label} ${row.formula}` : row.formula)).join(" + ") +
      (shown === budget.rows ? "" : ` + ${budget.rows.length - 3} more`);
    const name = shortName(database.resource);
    const isPeak = budget.peak > limit;
    const atLeast = budget.isLowerBound ? "at least " : "";
    const kind = isPooled ? "server connections" : "connections";
    const isAutoscaled = largest.terms.some((term) => term.message.startsWith("the autoscaler"));
    report({
      message: isPeak
        ? `${formula} = ${atLeast}${budget.peak} ${kind}, but ${name} accepts ${limit} (${budget.limitFormula}).`
        : `${formula} = ${atLeast}${budget.peak} ${kind} fit ${name} (${limit}), but ${budget.rollout} during a rollout do not (${budget.limitFormula}).`,
      at: largest.at,
      ...(isPeak && !isAutoscaled ? {} : { severity: "warning" as const }),
      related: [
        ...largest.terms.filter((term) => term.at !== largest.at),
        { message: budget.limitFormula, at: budget.limit.at },
      ],
    });
  },
});
