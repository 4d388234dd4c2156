import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-statement-mode",
  subject: "pooler",
  meta: {
    summary: "Statement pooling forbids transactions.",
    rationale:
      "In statement mode the server connection goes back to the pool after each statement; multi-statement transactions are refused. Hardly any application can work that way.",
    remedy: "Use `transaction`.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/features.html"],
  },
  check({ settings, resource }, { report }) {
    const mode = settings.get("pool_mode");
    if (mode?.value?.toLowerCase() !== "statement") return;
    report({
      message: `${nameOf(resource)} refuses every transaction of more than one statement (pool_mode statement): BEGIN is an error for its clients.`,
      at: mode.at,
    });
  },
});
