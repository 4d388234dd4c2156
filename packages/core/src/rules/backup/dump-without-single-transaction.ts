import { writtenLine } from "../../embedded/command.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "dump-without-single-transaction",
  subject: "backup",
  meta: {
    summary: "mysqldump locks the tables while it dumps, or dumps them at different moments.",
    rationale:
      "Without `--single-transaction` mysqldump takes read locks on the tables of one database after the other: writers wait for the whole dump, and two databases are of two moments.",
    remedy: "`--single-transaction --quick` for InnoDB tables.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://dev.mysql.com/doc/refman/8.4/en/mysqldump.html#option_mysqldump_single-transaction"],
    quietWhen: "locks are asked for, only the schema is dumped, or an option file is named.",
  },
  check({ command, resource }, { report }) {
    if (command === undefined || resource.isPatched) return;
    const line = writtenLine(command);
    const program = /(?:^|[\s/])(mysqldump|mariadb-dump)\s/.exec(line)?.[1];
    if (program === undefined || decided.test(line)) return;
    report({
      message: `${program} without --single-transaction locks each database while it is dumped: writers wait, and the databases of one dump are of different moments.`,
      at: command.words[0] ?? command,
    });
  },
});

/** Options that decide it otherwise; `$OPTIONS` may hold them. */
const decided =
  /--single-transaction|--lock-all-tables|\s-x\s|--master-data|--source-data|--no-data|\s-d\s|--defaults(-extra)?-file|--skip-lock-tables|\$\{?\w*(OPT|ARG|FLAG|PARAM)/i;
