import { refusalOf } from "../../domain/migration/refused.ts";
import { changesOf, nameBuild } from "../../domain/migration/script.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "concurrent-build-in-transaction",
  subject: "script",
  meta: {
    summary: "CONCURRENTLY is used in a transaction, where PostgreSQL refuses it.",
    rationale:
      "A concurrent build commits twice while it runs. Most tools put each file into a transaction; others send it as one query, which is a transaction as soon as it holds two statements. The migration fails, whatever the database holds.",
    remedy:
      "Put the statement into a file of its own, and tell the tool to run that file outside a transaction where it has a way to.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://documentation.red-gate.com/flyway/reference/configuration/flyway-namespace/flyway-mixed-setting",
      "https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY",
      "https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-MULTI-STATEMENT",
    ],
    quietWhen:
      "how the tool runs the file is not known, or Flyway does, which runs such a script without a transaction.",
  },
  check(script, { report }) {
    const found = changesOf(script, "create-index", "drop-index", "reindex").filter(({ isConcurrent }) => isConcurrent);
    for (const change of found) {
      const refusal = refusalOf(script, change);
      if (refusal === undefined) continue;
      const { openedBy } = script.statements[change.statement] ?? {};
      if (script.tool === "Flyway" && openedBy === "its tool" && !change.isInBlock) {
        // It gives up its transaction for a script that holds nothing else.
        if (script.statements.length === found.length) continue;
        report({
          message: `Flyway refuses the script: ${nameBuild(change)} cannot run in a transaction, its other statements run in one. Alone in a script it works, or with flyway.mixed=true, which runs the whole script without a transaction.`,
          at: change.at,
        });
        return;
      }
      const { error, because, remedy, unless } = refusal;
      report({
        message: `${nameBuild(change)} fails with "${error}": ${because}${remedy}${unless === undefined ? "" : ` (unless ${unless})`}.`,
        at: change.at,
        ...(unless === undefined ? {} : { severity: "warning" as const }),
      });
      return;
    }
  },
});
