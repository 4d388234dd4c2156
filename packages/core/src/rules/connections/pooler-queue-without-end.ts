import { nameOf } from "../../domain/model/names.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-queue-without-end",
  subject: "pooler",
  meta: {
    summary: "Clients wait forever for a server connection.",
    rationale:
      "`query_wait_timeout = 0` switches the limit off. When the pool is full or the server is gone, clients hang instead of failing: their own pools fill up, and no log says why.",
    remedy: "Remove the line (120 s is the default), or set how long a client can wait.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/config.html#query_wait_timeout"],
    quietWhen: "the value is not in view.",
  },
  check(pooler, { report }) {
    const wait = pooler.settings.number("query_wait_timeout");
    if (wait?.value !== 0 || wait.origin === "default") return;
    report({
      message: `Clients of ${nameOf(pooler.resource)} wait forever when its pool is full or the server is gone: query_wait_timeout is 0.`,
      at: wait.at,
    });
  },
});
