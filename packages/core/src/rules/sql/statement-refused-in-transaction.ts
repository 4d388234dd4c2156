import { refusalOf } from "../../domain/migration/refused.ts";
import { changesOf } from "../../domain/migration/script.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "statement-refused-in-transaction",
  subject: "script",
  meta: {
    summary: "VACUUM, CREATE DATABASE or ALTER SYSTEM is used in a transaction, where PostgreSQL refuses it.",
    rationale:
      "These statements cannot be undone, so PostgreSQL runs them in no transaction. Most tools put each file into one; others send it as one query, which is a transaction as soon as it holds two statements. The migration fails, whatever the database holds.",
    remedy:
      "Put the statement into a file of its own, and tell the tool to run that file outside a transaction where it has a way to; with psql use a `-c` for each statement.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://www.postgresql.org/docs/current/sql-vacuum.html",
      "https://www.postgresql.org/docs/current/sql-createdatabase.html",
      "https://www.postgresql.org/docs/current/sql-altersystem.html",
      "https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-MULTI-STATEMENT",
    ],
    quietWhen:
      "how the tool runs the file is not known, or Flyway does, which runs such a script without a transaction.",
  },
  check(script, { report }) {
    for (const change of changesOf(script, "refuse-transaction")) {
      const refusal = refusalOf(script, change);
      if (refusal === undefined || (script.tool === "Flyway" && !change.isInBlock)) continue;
      const { error, because, remedy, unless } = refusal;
      report({
        message: `${change.words} fails with "${error}": ${because}${remedy}${unless === undefined ? "" : ` (unless ${unless})`}.`,
        at: change.at,
        ...(unless === undefined ? {} : { severity: "warning" as const }),
      });
      return;
    }
  },
});
