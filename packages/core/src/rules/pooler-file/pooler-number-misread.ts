import { faultsOfPooler } from "../../domain/pgbouncer/pooler-faults.ts";
import { reportOfFault } from "../../rule/pooler-fault.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-number-misread",
  subject: "pooler",
  meta: {
    summary: "PgBouncer reads this number as a different one.",
    rationale:
      'A number that begins with 0 is octal. In connection strings what does not begin with a digit is 0: `pool_size="20"` is one connection up to 1.23 and no limit at all from 1.24 on.',
    remedy: "Write the number in digits, without a leading 0, quotes or a unit.",
    severity: "warning",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "unsafe",
    needs: "file",
    references: ["https://www.pgbouncer.org/config.html"],
    quietWhen: "the value is filled in later.",
  },
  check(pooler, { report }) {
    for (const fault of faultsOfPooler(pooler)) {
      if (fault.kind !== "misread") continue;
      // A pool of another size, or a port of another number, cannot work as written; an octal number may.
      report({ ...reportOfFault(fault, pooler), severity: /octal/.test(fault.message) ? "warning" : "error" });
    }
  },
});
