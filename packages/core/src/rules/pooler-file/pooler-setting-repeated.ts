import { faultsOfPooler } from "../../domain/pgbouncer/pooler-faults.ts";
import { reportOfFault } from "../../rule/pooler-fault.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-setting-repeated",
  subject: "pooler",
  meta: {
    summary: "A section or parameter appears twice in pgbouncer.ini.",
    rationale:
      "Of two equal keys the last one silently wins. A second `[pgbouncer]` header first resets every parameter to its default, so everything above it is lost.",
    remedy: "Keep one of them; merge the sections.",
    severity: "warning",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/config.html"],
    quietWhen: "the text is a template.",
  },
  check(pooler, { report }) {
    for (const fault of faultsOfPooler(pooler)) {
      if (fault.kind !== "repeated") continue;
      report({ ...reportOfFault(fault, pooler), severity: fault.losesAbove === true ? "error" : "warning" });
    }
  },
});
