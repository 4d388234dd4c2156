import { writtenLine } from "../../embedded/command.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { isAnyIn, type Pattern } from "../../text/scan.ts";
import { insertInText } from "../../yaml/edit.ts";

export default defineRule({
  id: "dump-without-single-transaction",
  subject: "backup",
  meta: {
    summary: "mysqldump locks the tables while it dumps, or dumps them at different moments.",
    rationale:
      "Without `--single-transaction` mysqldump takes read locks on the tables of one database after another: writers wait while each is dumped, and the databases in a dump are from different moments.",
    remedy: "`--single-transaction --quick` for InnoDB tables.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "safe",
    needs: "file",
    references: ["https://dev.mysql.com/doc/refman/8.4/en/mysqldump.html#option_mysqldump_single-transaction"],
    quietWhen: "the command requests locks, only the schema is dumped, or an option file is named.",
  },
  check({ command }, { report }) {
    if (command === undefined) return;
    const line = writtenLine(command);
    const program = /(?:^|[\s/])(mysqldump|mariadb-dump)\s/.exec(line)?.[1];
    if (program === undefined || isAnyIn(line, decided)) return;
    const first = command.words.find((word) => word.raw.endsWith(program));
    report({
      message: `${program} without --single-transaction locks each database while it is dumped: writers wait, and the databases in one dump are from different moments.`,
      at: first ?? command,
      fixes: [
        command.shell === undefined || first === undefined
          ? undefined
          : editFix({
              title: "Add --single-transaction --quick",
              safety: "safe",
              consequence:
                "Takes effect with the next run; tables of engines without transactions are dumped without a lock.",
              edits: insertInText(first, first.raw, " --single-transaction --quick", "after"),
            }),
      ],
    });
  },
});

/** Options that decide it otherwise; `$OPTIONS` may hold them. */
const decided: readonly Pattern[] = [
  /--(?:single-transaction|lock-all-tables|master-data|source-data|no-data|defaults(?:-extra)?-file|skip-lock-tables)/i,
  /\s-[dx]\s/i,
  /\$\{?\w*(?:OPT|ARG|FLAG|PARAM)/i,
];
