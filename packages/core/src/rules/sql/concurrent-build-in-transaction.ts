import { changesOf, nameBuild } from "../../domain/migration/script.ts";
import type { MigrationScript } from "../../domain/model/schema-change.ts";
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
      const statement = script.statements[change.statement];
      if (statement?.openedBy === undefined) continue;
      if (script.tool === "Flyway" && statement.openedBy === "its tool") {
        // It gives up its transaction for a script that holds nothing else.
        if (script.statements.length === found.length) continue;
        report({
          message: `Flyway refuses the script: ${nameBuild(change)} runs in no transaction, its other statements do (unless mixed is set); in a script of its own it works.`,
          at: change.at,
        });
        return;
      }
      const unless =
        statement.openedBy === "the script"
          ? undefined
          : script.tool === "Prisma" && change.does === "create-index"
            ? "its version is of 2026-02 or later, which sends such a file statement by statement"
            : script.unless;
      report({
        message: `${nameBuild(change)} fails with "cannot run inside a transaction block": ${whyIn(script, statement.openedBy)}${remedyOf(script)}${unless === undefined ? "" : ` (unless ${unless})`}.`,
        at: change.at,
        ...(unless === undefined ? {} : { severity: "warning" as const }),
      });
      return;
    }
  },
});

function whyIn({ tool, wraps, statements }: MigrationScript, openedBy: "the script" | "its tool"): string {
  if (openedBy === "the script") return "the script has begun a transaction before it";
  if (wraps === "query")
    return `${tool} sends the ${statements.length} statements as one query, which is one transaction`;
  if (wraps === "all") return `${tool} runs all new files in one transaction`;
  return tool === "psql" ? "psql runs everything in a single transaction" : `${tool} runs the file in a transaction`;
}

function remedyOf({ optOut, tool, wraps }: MigrationScript): string {
  if (optOut !== undefined) return `; alone in a file with ${optOut} it works`;
  if (wraps !== "query") return "";
  return tool === "psql" ? "; in a -c of its own it works" : "; alone in a file it works";
}
