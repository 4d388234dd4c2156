import { andMore, changesOf, othersOf } from "../../domain/migration/script.ts";
import { typeChange } from "../../facts/postgres-rewrites.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "type-change-rewrites-table",
  subject: "script",
  meta: {
    summary: "A change of a column's type writes the whole table and all its indexes again.",
    rationale:
      "PostgreSQL copies every row under an ACCESS EXCLUSIVE lock: neither reads nor writes get through, and the disk needs room for a second copy. Growing a varchar or numeric, and varchar to text, only change the catalog.",
    remedy:
      "Add a column of the new type, keep both filled by a trigger, fill old rows in batches, and switch over in a later release.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES"],
    quietWhen: "the old type decides and is not in view, or the release makes the table itself.",
  },
  check(script, { report }) {
    const found = changesOf(script, "change-type").filter(
      ({ from, to, isComputed }) => isComputed || typeChange(from, to).rewrites,
    );
    const [first] = found;
    if (first === undefined) return;
    const { narrows } = typeChange(first.from, first.to);
    const fails = narrows ? `, and the statement fails if a value does not fit` : "";
    report({
      message: `Changing ${first.table}.${first.name} to ${typeNames[first.to] ?? first.to} rewrites ${first.table} and its indexes under an ACCESS EXCLUSIVE lock: SELECTs wait too${fails === "" ? ", and the disk holds the table twice" : fails}${andMore(found)}.`,
      at: first.at,
      related: othersOf(found),
    });
  },
});

/** As people write them. */
const typeNames: Readonly<Record<string, string>> = {
  bool: "boolean",
  float4: "real",
  float8: "double precision",
  int2: "smallint",
  int4: "integer",
  int8: "bigint",
};
