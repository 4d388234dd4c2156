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
  check({ command, container, resource }, { report }) {
    if (command === undefined || container === undefined || resource.isPatched) return;
    const program = commandLine(command).split(" ")[0] ?? "the dump";
    for (const [index, word] of command.words.entries()) {
      if (index === 0) continue;
      const previous = command.words[index - 1]?.raw ?? "";
      const isFlag =
        (takesPassword.test(program) && /^--password=.+|^-p(?!\d+$|ort$)[^\s=-].*/.test(word.raw)) ||
        (takesSeparatePassword.test(program) && /^(-p|--password)$/.test(previous) && !word.raw.startsWith("-")) ||
        (program === "redis-cli" && (previous === "-a" || previous === "--pass"));
      const isUrl = findDsns(word.raw).some((dsn) => dsn.passwordSpan !== undefined);
      // Whether there is a password in the variable is known where its value is in view.
      const name = isFlag || isUrl ? undefined : /^["']?\$[{(]?(\w*(?:UR[IL]|DSN))(?!\w)/.exec(urlOf(word.raw))?.[1];
      const value = name === undefined ? undefined : container.environment.get(name)?.value;
      const isProven = value !== undefined && findDsns(value).some((dsn) => dsn.passwordSpan !== undefined);
      if (!isFlag && !isUrl && !isProven && (name === undefined || value !== undefined)) continue;
      const isOverwritten = takesPassword.test(program) && !/mongo/.test(program);
      report({
        message:
          isFlag || isUrl || isProven
            ? `The password is an argument of ${program}: process lists on the node and in the Pod show it ${isOverwritten ? "until the program has overwritten it" : "while the backup runs"}.`
            : `A password in $${name} is an argument of ${program}: process lists on the node and in the Pod show it while the backup runs.`,
        at: word,
        ...(isFlag || isUrl || isProven ? {} : { severity: "info" as const }),
      });
      return;
    }
  },
});

/** Their -p and --password= take the password in the same word; the clients of MySQL overwrite it after they start. */
const takesPassword = /mysql|maria|mydumper|xtrabackup|mongodump/;
const takesSeparatePassword = /mongodump|mydumper/;

/** The URL of `--dbname=…`, `--uri=…`, or the word itself. */
function urlOf(word: string): string {
  return word.replace(/^["']?--?[a-z-]+=/, "");
}
