import { faultsOfPooler } from "../../domain/pgbouncer/pooler-faults.ts";
import { reportOfFault } from "../../rule/pooler-fault.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-setting-unknown",
  subject: "pooler",
  meta: {
    summary: "PgBouncer, or the operator that writes its file, has no parameter of this name.",
    rationale:
      "One unknown key makes PgBouncer reject the whole file, and the keys of a connection string differ from those of `[pgbouncer]`. CloudNativePG's webhook rejects parameters that are not on its list.",
    remedy: "Use the name suggested in the message, or remove the setting.",
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
