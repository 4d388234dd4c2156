import { andMore, changesOf, othersOf } from "../../domain/migration/script.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "maintenance-stops-table",
  subject: "script",
  meta: {
    summary: "VACUUM FULL, CLUSTER, SET LOGGED or SET TABLESPACE copies a table while nobody can use it.",
    rationale:
      "All of them write the table and its indexes again under an ACCESS EXCLUSIVE lock: neither reads nor writes get through until the copy is complete, and the disk needs room for it.",
    remedy:
      "Plain VACUUM makes the space usable again. To give it back to the disk use pg_repack, which locks for moments only.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.postgresql.org/docs/current/sql-vacuum.html", "https://reorg.github.io/pg_repack/"],
    quietWhen: "it runs on a schedule (a CronJob), which is a choice.",
  },
  check(script, { report }) {
    // What becomes of an unlogged table is worse than the wait.
    const found = changesOf(script, "rewrite-table").filter(({ rewrite }) => rewrite !== "unlogged");
    const [first] = found;
    if (first === undefined) return;
    report({
      message: `${first.words} ${first.table === undefined ? "copies every table of the database, each" : `copies ${first.table}${first.rewrite === "tablespace" ? "" : " and its indexes"}`} under an ACCESS EXCLUSIVE lock: SELECTs wait until the copy is complete${andMore(found)}.`,
      at: first.at,
      related: othersOf(found),
    });
  },
});
