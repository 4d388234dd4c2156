import { andMore, changesOf, othersOf } from "../../domain/migration/script.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "view-refresh-stops-reads",
  subject: "script",
  meta: {
    summary: "A migration refreshes a materialized view while nobody can read it.",
    rationale:
      "REFRESH runs the query of the view and builds its indexes again under an ACCESS EXCLUSIVE lock. CONCURRENTLY compares old and new rows instead and lets SELECTs through; it needs a unique index over columns of the view.",
    remedy: "Use `REFRESH MATERIALIZED VIEW CONCURRENTLY`, after a unique index on the view.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.postgresql.org/docs/current/sql-refreshmaterializedview.html"],
    quietWhen: "it is CONCURRENTLY, the release makes the view itself, or a Job does nothing else.",
  },
  check(script, { report }) {
    // A Job that does nothing else fills views for the first time, or on purpose.
    if (script.resource !== undefined && script.changes.every(({ does }) => does === "refresh-view")) return;
    const found = changesOf(script, "refresh-view").filter(({ isConcurrent }) => !isConcurrent);
    const [first] = found;
    if (first === undefined) return;
    report({
      message: `REFRESH MATERIALIZED VIEW ${first.name} holds an ACCESS EXCLUSIVE lock while its query runs: SELECTs of the view wait; with CONCURRENTLY and a unique index they do not${andMore(found)}.`,
      at: first.at,
      related: othersOf(found),
    });
  },
});
