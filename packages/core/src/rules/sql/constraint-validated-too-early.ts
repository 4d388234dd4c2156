import { changesOf, isSameTransaction } from "../../domain/migration/script.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "constraint-validated-too-early",
  subject: "script",
  meta: {
    summary: "A NOT VALID constraint is validated in the transaction that added it.",
    rationale:
      "NOT VALID makes the strong lock short, and VALIDATE reads the table under a weak one. In one transaction the strong lock of the first is held until the second is done: nothing is gained.",
    remedy: "Validate in a later transaction: in a second file, or after a COMMIT where the tool allows it.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES"],
    quietWhen: "the two run in different transactions, or how the tool runs the file is not known.",
  },
  check(script, { report }) {
    const validations = changesOf(script, "validate-constraint");
    for (const added of changesOf(script, "add-constraint")) {
      if (added.constraint !== "not-valid") continue;
      const validated = validations.find(
        (each) => each.table === added.table && each.name === added.name && isSameTransaction(script, added, each),
      );
      if (validated === undefined) continue;
      const lock = added.other === undefined ? "ACCESS EXCLUSIVE" : "SHARE ROW EXCLUSIVE";
      report({
        message: `VALIDATE CONSTRAINT ${added.name} reads ${added.table} while the transaction still holds the ${lock} lock with which it was added: ${added.other === undefined ? "SELECTs wait" : "writes wait"} as if it had never been NOT VALID.`,
        at: validated.at,
        related: [{ message: "added here", at: added.at }],
      });
      return;
    }
  },
});
