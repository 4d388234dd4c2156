import { faultsOfPooler } from "../../domain/pgbouncer/pooler-faults.ts";
import { reportOfFault } from "../../rule/pooler-fault.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-setting-unknown",
  subject: "pooler",
  meta: {
    summary: "PgBouncer, or the operator that writes its file, knows no parameter of this name.",
    rationale:
      "PgBouncer refuses its whole file for one unknown key, and keys of a connection string are other ones than those of `[pgbouncer]`. CloudNativePG's webhook refuses parameters that it does not list.",
    remedy: "Use the name that the message gives.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "unsafe",
    needs: "file",
    references: ["https://www.pgbouncer.org/config.html"],
    quietWhen: "the name or value is filled in later.",
  },
  check(pooler, { report }) {
    for (const fault of faultsOfPooler(pooler)) if (fault.kind === "unknown") report(reportOfFault(fault, pooler));
  },
});
