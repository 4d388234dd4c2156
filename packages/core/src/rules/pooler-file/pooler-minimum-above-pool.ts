import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-minimum-above-pool",
  subject: "pooler",
  meta: {
    summary: "The pooler is told to keep more connections open than its pool allows.",
    rationale:
      "`min_pool_size` is silently capped at the pool's size (measured on 1.18 and 1.25): the connections meant to be warm are not there.",
    remedy: "Lower `min_pool_size`, or raise the pool.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/config.html#min_pool_size"],
    quietWhen: "one of the sizes is not in view, or the pool has no limit.",
  },
  check(pooler, { report }) {
    const least = pooler.settings.number("min_pool_size");
    const pool = pooler.settings.number("default_pool_size");
    if (least?.value === undefined || !pool?.value || least.value <= pool.value) return;
    if (pooler.routes.some(({ poolSize }) => poolSize !== undefined)) return;
    report({
      message: `${nameOf(pooler.resource)} never keeps ${least.value} connections open: min_pool_size is capped at default_pool_size ${pool.value}${pool.origin === "default" ? " (the default)" : ""}.`,
      at: least.at,
    });
  },
});
