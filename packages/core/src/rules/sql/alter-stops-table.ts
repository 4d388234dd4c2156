import { andMore, changesOf, othersOf } from "../../domain/migration/script.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "alter-stops-table",
  subject: "script",
  meta: {
    summary: "An ALTER TABLE of MySQL or MariaDB asks for a copy or a lock under which nobody can write.",
    rationale:
      "`ALGORITHM=COPY` writes the table again while every INSERT, UPDATE and DELETE waits; `LOCK=SHARED` and `LOCK=EXCLUSIVE` stop writes, or reads as well, even where the change itself would not.",
    remedy:
      "Write `ALGORITHM=INSTANT` or `ALGORITHM=INPLACE, LOCK=NONE`: the server refuses the statement where it cannot do it that way. For what needs a copy use gh-ost or pt-online-schema-change.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html",
      "https://mariadb.com/kb/en/alter-table/#lock",
    ],
    quietWhen: "neither is written (the server chooses), or the release makes the table itself.",
  },
  check(script, { report }) {
    const found = changesOf(script, "copy-table");
    const [first] = found;
    if (first === undefined) return;
    report({
      message: `ALTER TABLE ${first.table} with ${first.words} makes ${first.lock === "SHARE" ? "every INSERT, UPDATE and DELETE" : "even SELECTs"} wait until it is done${andMore(found)}.`,
      at: first.at,
      related: othersOf(found),
    });
  },
});
