import { changesOf } from "../../domain/migration/script.ts";
import type { MigrationScript, SchemaChange } from "../../domain/model/schema-change.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "partition-change-stops-table",
  subject: "script",
  meta: {
    summary: "A partition is attached or detached while requests wait.",
    rationale:
      "DETACH PARTITION takes an ACCESS EXCLUSIVE lock on the partitioned table: it waits for every query that runs, and all later ones queue behind it. ATTACH PARTITION reads the whole partition under an ACCESS EXCLUSIVE lock on it, unless a CHECK constraint already says that its rows fit.",
    remedy:
      "`DETACH PARTITION … CONCURRENTLY` (PostgreSQL 14) outside a transaction. Before ATTACH add the bounds as `CHECK (…) NOT VALID` and `VALIDATE CONSTRAINT` it.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-ATTACH-PARTITION"],
    quietWhen:
      "it is CONCURRENTLY, the release makes the table or the partition itself, or a constraint of the partition was validated before.",
  },
  check(script, { report }) {
    for (const change of changesOf(script, "detach-partition", "attach-partition")) {
      if (change.does === "detach-partition" && !change.isConcurrent) {
        report({
          message: `DETACH PARTITION ${change.name} waits for every query of ${change.table}, and all later ones queue behind it (ACCESS EXCLUSIVE); with CONCURRENTLY, in a file of its own, they do not.`,
          at: change.at,
        });
        return;
      }
      if (change.does === "detach-partition" || isChecked(script, change)) continue;
      if (change.other === undefined || script.made.has(change.other)) continue;
      report({
        message: `ATTACH PARTITION ${change.name} reads all its rows under an ACCESS EXCLUSIVE lock on it; a validated CHECK with the same bounds spares the read.`,
        at: change.at,
        severity: "info",
      });
      return;
    }
  },
});

function isChecked({ changes }: MigrationScript, { name, statement }: SchemaChange): boolean {
  return changes.some(
    ({ does, table, statement: when }) =>
      (does === "add-constraint" || does === "validate-constraint") && table === name && when < statement,
  );
}
