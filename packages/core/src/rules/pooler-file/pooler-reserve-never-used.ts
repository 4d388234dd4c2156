import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-reserve-never-used",
  subject: "pooler",
  meta: {
    summary: "The pooler has a reserve pool that it never uses.",
    rationale: "`reserve_pool_timeout = 0` switches the reserve off (measured on 1.18 and 1.25), however large it is.",
    remedy: "Remove the line: 5 s is the default.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/config.html#reserve_pool_timeout"],
    quietWhen: "one of the settings is not in view.",
  },
  check(pooler, { report }) {
    const reserve = pooler.settings.number("reserve_pool_size");
    const timeout = pooler.settings.number("reserve_pool_timeout");
    if (!reserve?.value || timeout?.value !== 0) return;
    report({
      message: `${nameOf(pooler.resource)} never uses its reserve of ${reserve.value}: reserve_pool_timeout is 0.`,
      at: timeout.at,
      related: [{ message: `reserve_pool_size ${reserve.value}`, at: reserve.at }],
    });
  },
});
