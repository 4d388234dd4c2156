import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-cap-below-pool",
  subject: "pooler",
  meta: {
    summary: "max_db_connections is below the pool size: the lower one wins.",
    rationale:
      "`max_db_connections` caps all pools of a database together. A pool of 50 under a cap of 20 is a pool of 20, and with two users one can starve the other.",
    remedy: "Set the size you want.",
    severity: "info",
    presets: [],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/config.html#max_db_connections"],
    quietWhen: "the pool size is the default.",
  },
  check({ settings, resource, software }, { report }) {
    const cap = settings.number("max_db_connections");
    const pool = settings.number("default_pool_size");
    if (software !== "pgbouncer" || !cap?.value || pool?.value === undefined) return;
    if (pool.origin === "default" || cap.origin === "default" || cap.value >= pool.value) return;
    report({
      message: `A pool of ${nameOf(resource)} never reaches its ${pool.value} connections (default_pool_size): max_db_connections caps it at ${cap.value}.`,
      at: pool.at,
      related: [{ message: `max_db_connections ${cap.value}`, at: cap.at }],
    });
  },
});
