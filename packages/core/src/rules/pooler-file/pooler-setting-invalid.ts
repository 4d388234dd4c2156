import { faultsOfPooler } from "../../domain/pgbouncer/pooler-faults.ts";
import { reportOfFault } from "../../rule/pooler-fault.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-setting-invalid",
  subject: "pooler",
  meta: {
    summary: "PgBouncer does not accept this value for this parameter.",
    rationale:
      "Times are seconds without a unit, switches are 0 or 1, numbers have no separators, modes have fixed names. For anything else PgBouncer rejects the whole file.",
    remedy: "Write the value in a form that the parameter accepts.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "safe",
    needs: "file",
    references: ["https://www.pgbouncer.org/config.html"],
    quietWhen: "the value is filled in later.",
  },
  check(pooler, { report }) {
    for (const fault of faultsOfPooler(pooler)) if (fault.kind === "invalid") report(reportOfFault(fault, pooler));
  },
});
