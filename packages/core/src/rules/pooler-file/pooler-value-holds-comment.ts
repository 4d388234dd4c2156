import { faultsOfPooler } from "../../domain/pgbouncer/pooler-faults.ts";
import { reportOfFault } from "../../rule/pooler-fault.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-value-holds-comment",
  subject: "pooler",
  meta: {
    summary: "A comment after a value, or quotes around it, become part of the value.",
    rationale:
      'In pgbouncer.ini `;` and `#` begin a comment only at the start of a line, and quotes in `[pgbouncer]` are taken literally. A number or mode with them is refused; text is passed on to the server: `server_reset_query = "DISCARD ALL"` fails after each session, visible only in PostgreSQL\'s log.',
    remedy: "Move the comment to a line of its own; remove the quotes.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "safe",
    needs: "file",
    references: ["https://www.pgbouncer.org/config.html"],
    quietWhen: "the value is filled in later.",
  },
  check(pooler, { report }) {
    for (const fault of faultsOfPooler(pooler))
      if (fault.kind === "part-of-value") report(reportOfFault(fault, pooler));
  },
});
