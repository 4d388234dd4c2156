import { nameOf } from "../../domain/model/names.ts";
import { sqlGivenTo } from "../../kube/given-sql.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "migration-continues-after-errors",
  subject: "migration",
  meta: {
    summary: "psql runs the rest of a script after a failed statement and exits with 0.",
    rationale:
      "psql prints the error, goes on with the next statement, and reports success at the end. The Job is Complete, and the schema is somewhere between two versions.",
    remedy: "Pass `-v ON_ERROR_STOP=1`, and `--single-transaction` to apply all of the script or nothing.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.postgresql.org/docs/current/app-psql.html#APP-PSQL-VARIABLES-ON-ERROR-STOP"],
    quietWhen: "the SQL is not in view, or it also creates roles or databases: such scripts often rely on continuing.",
  },
  check({ command, container, tool, workload }, { report }) {
    if (tool !== "psql" || command === undefined) return;
    const scripts = sqlGivenTo(command, container).filter(({ by }) => by === "script");
    const isSet = /\bON_ERROR_STOP\b/;
    if (command.words.some(({ raw }) => isSet.test(raw)) || scripts.some(({ sql }) => isSet.test(sql))) return;
    const isOneTransaction = command.words.some(({ text }) => text === "-1" || text === "--single-transaction");
    report({
      message: `psql exits with 0 even if a statement fails: ${nameOf(workload.resource)} is then marked Complete with ${isOneTransaction ? "nothing applied" : "a part of the SQL applied"}.`,
      at: command.words[0] ?? command,
      related: scripts.slice(0, 1).map(({ at }) => ({ message: "the SQL", at })),
    });
  },
});
