import { faultsOfPooler } from "../../domain/pgbouncer/pooler-faults.ts";
import { reportOfFault } from "../../rule/pooler-fault.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-file-syntax",
  subject: "pooler",
  meta: {
    summary: "pgbouncer.ini has a line, section or connection string that PgBouncer cannot read.",
    rationale:
      "PgBouncer stops at the first line it cannot read: a setting with a colon, an unknown section, a URL instead of a connection string. A running pooler keeps its old settings on RELOAD, so the error surfaces at the next restart, perhaps of all Pods at once.",
    remedy: "Write `key = value` under `[pgbouncer]`, and `name = host=… port=… dbname=…` under `[databases]`.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "unsafe",
    needs: "file",
    references: ["https://www.pgbouncer.org/config.html"],
    quietWhen: "the text is a template, or the file is not in view.",
  },
  check(pooler, { report }) {
    for (const fault of faultsOfPooler(pooler)) if (fault.kind === "syntax") report(reportOfFault(fault, pooler));
  },
});
