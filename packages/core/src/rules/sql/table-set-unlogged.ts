import { changesOf } from "../../domain/migration/script.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "table-set-unlogged",
  subject: "script",
  meta: {
    summary: "A table that holds data is made unlogged: a crash empties it.",
    rationale:
      "An unlogged table writes no WAL. After a crash or a kill of the server PostgreSQL truncates it, and standbys and point-in-time recovery never had its rows. Setting it also writes the table again under an ACCESS EXCLUSIVE lock.",
    remedy:
      "Leave the table logged. For a bulk load copy into a new unlogged table, and `SET LOGGED` in the same script.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-UNLOGGED"],
    quietWhen: "the release makes the table itself, or the script sets it back to logged.",
  },
  check(script, { report }) {
    const changes = changesOf(script, "rewrite-table");
    const first = changes.find(
      ({ rewrite, table, statement }) =>
        rewrite === "unlogged" &&
        !changes.some((each) => each.rewrite === "logged" && each.table === table && each.statement > statement),
    );
    if (first === undefined) return;
    report({
      message: `After SET UNLOGGED a crash or a kill of the server leaves ${first.table} empty, and no standby and no point-in-time recovery has its rows.`,
      at: first.at,
    });
  },
});
