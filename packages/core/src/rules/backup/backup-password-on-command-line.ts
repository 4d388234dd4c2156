import { commandLine } from "../../domain/read-migrations.ts";
import { findDsns } from "../../embedded/dsn.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "backup-password-on-command-line",
  subject: "backup",
  meta: {
    summary: "A backup gives its password on the command line.",
    rationale: "Arguments are visible in /proc to every process of the node that may look, and land in audit logs.",
    remedy: "Use PGPASSWORD or a .pgpass file, MYSQL_PWD or `--defaults-extra-file`, a mongodump `--config` file.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://dev.mysql.com/doc/refman/8.4/en/password-security-user.html"],
  },
  check({ command, resource }, { report }) {
    if (command === undefined || resource.isPatched) return;
    for (const word of command.words.slice(1)) {
      const isFlag =
        /^--password=.+|^-p(?!\d+$)[^\s=-].*/.test(word.raw) &&
        /mysql|mariadb|mongo/.test(commandLine(command).split(" ")[0] ?? "") &&
        !/^-p(ort)?$/.test(word.raw);
      const isUrl =
        findDsns(word.raw).some((dsn) => dsn.passwordSpan !== undefined) ||
        /DATABASE_URL|_URL\}?"?$|_DSN/.test(word.raw);
      if (!isFlag && !isUrl) continue;
      report({
        message: `The password is an argument of ${commandLine(command).split(" ")[0] ?? "the dump"}: every process list on the node and in the Pod shows it while the backup runs.`,
        at: word,
        ...(isUrl && !isFlag ? { severity: "info" as const } : {}),
      });
      return;
    }
  },
});
