import { faultsOfPooler } from "../../domain/pgbouncer/pooler-faults.ts";
import { reportOfFault } from "../../rule/pooler-fault.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pooler-setting-too-new",
  subject: "pooler",
  meta: {
    summary: "The PgBouncer of this image is older than a parameter in its file.",
    rationale:
      "A parameter that does not exist yet is an unknown one: PgBouncer rejects the whole file and does not start.",
    remedy: "Use a newer image, or remove the setting.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.pgbouncer.org/changelog.html"],
    quietWhen: "the tag names no version.",
  },
  check(pooler, { report }) {
    for (const fault of faultsOfPooler(pooler)) if (fault.kind === "too-new") report(reportOfFault(fault, pooler));
  },
});
