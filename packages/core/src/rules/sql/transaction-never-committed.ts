import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "transaction-never-committed",
  subject: "script",
  meta: {
    summary: "A script begins a transaction and never commits it: nothing of it stays.",
    rationale:
      "psql closes the connection at the end of the script, and PostgreSQL rolls back what is open. Every statement succeeded, the exit status is 0, and the schema is as it was.",
    remedy: "End the script with COMMIT, or leave BEGIN out and pass `--single-transaction`.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.postgresql.org/docs/current/sql-begin.html"],
    quietWhen: "its tool commits for it, or a part of the script was not read.",
  },
  check({ leftOpen, wraps, tool, changes }, { report }) {
    if (leftOpen === undefined || changes.length === 0 || wraps === "file" || wraps === "all") return;
    if (tool !== undefined && tool !== "psql") return; // one query: the tool's own statements follow
    report({
      message: `Nothing of this script stays: it begins a transaction and does not commit it, and ${tool ?? "its client"} rolls it back without an error when it disconnects.`,
      at: leftOpen,
    });
  },
});
