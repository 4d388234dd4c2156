import { andBefore, andMore, changesOf, othersOf } from "../../domain/migration/script.ts";
import { notValid } from "../../domain/migration/sql-edits.ts";
import type { Constraint } from "../../domain/model/schema-change.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "constraint-check-stops-writes",
  subject: "script",
  meta: {
    summary: "A migration adds a constraint and checks all rows of the table under its lock.",
    rationale:
      "A CHECK holds ACCESS EXCLUSIVE while it reads the table; a foreign key holds SHARE ROW EXCLUSIVE on both tables; UNIQUE and PRIMARY KEY build their index under ACCESS EXCLUSIVE. Until that is done requests wait.",
    remedy:
      "CHECK and foreign keys: add them `NOT VALID`, and `VALIDATE CONSTRAINT` in a later transaction, which lets reads and writes through. UNIQUE and PRIMARY KEY: `CREATE UNIQUE INDEX CONCURRENTLY`, then `ADD CONSTRAINT … USING INDEX`.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "unsafe",
    needs: "file",
    references: ["https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES"],
    quietWhen: "the constraint is NOT VALID or takes over an index, or the release makes one of the tables itself.",
  },
  check(script, { report }) {
    const found = changesOf(script, "add-constraint").filter(
      ({ constraint, other }) => effects[constraint] !== undefined && !(other !== undefined && script.made.has(other)),
    );
    const [first] = found;
    const effect = first && effects[first.constraint];
    if (first === undefined || effect === undefined) return;
    const name = first.name === undefined ? "" : ` ${first.name}`;
    report({
      message: `${effect.words}${name} ${effect.does(first.table ?? "", first.other)}${andMore(found)}${andBefore(script, first)}.`,
      at: first.at,
      related: othersOf(found),
      fixes: [
        editFix({
          title: "Add the constraint NOT VALID",
          safety: "unsafe",
          consequence: `Rows that are there are not checked until a later migration runs ALTER TABLE ${first.table} VALIDATE CONSTRAINT${name || " …"}.`,
          edits:
            first.constraint === "check" || first.constraint === "foreign-key" ? notValid(script, first) : undefined,
        }),
      ],
    });
  },
});

interface Effect {
  readonly words: string;
  readonly does: (table: string, other: string | undefined) => string;
}

const built = (table: string): string =>
  `builds its index under an ACCESS EXCLUSIVE lock on ${table}: even SELECTs wait; with CREATE UNIQUE INDEX CONCURRENTLY and USING INDEX they do not`;

const effects: Readonly<Partial<Record<Constraint, Effect>>> = {
  check: {
    words: "CHECK constraint",
    does: (table) =>
      `reads all of ${table} under an ACCESS EXCLUSIVE lock: even SELECTs wait; NOT VALID adds it at once`,
  },
  "foreign-key": {
    words: "Foreign key",
    does: (table, other) =>
      `is checked for every row of ${table} while nobody can write to ${table}${other === undefined || other === table ? "" : ` or ${other}`} (SHARE ROW EXCLUSIVE); NOT VALID adds it at once`,
  },
  unique: { words: "Unique constraint", does: built },
  exclusion: {
    words: "Exclusion constraint",
    does: (table) => `builds its index under an ACCESS EXCLUSIVE lock on ${table}: even SELECTs wait`,
  },
  "not-null": {
    words: "NOT NULL constraint",
    does: (table) =>
      `reads all of ${table} under an ACCESS EXCLUSIVE lock: even SELECTs wait; NOT VALID adds it at once`,
  },
};
