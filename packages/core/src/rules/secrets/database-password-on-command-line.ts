import { commandLine } from "../../domain/migration/read-migrations.ts";
import { passwordWords } from "../../embedded/command-passwords.ts";
import { findDsns } from "../../embedded/dsn.ts";
import type { Container } from "../../kube/container.ts";
import { defineRule } from "../../rule/rule.ts";
import { fileName } from "../../text/scan.ts";
import { type Place, textAt } from "../../yaml/node.ts";

export default defineRule({
  id: "database-password-on-command-line",
  subject: "container",
  meta: {
    summary: "A backup or migration gets its password on the command line.",
    rationale:
      "Arguments are visible in /proc to every process on the node that is allowed to look, and end up in audit logs.",
    remedy:
      "Use PGPASSWORD or a .pgpass file, MYSQL_PWD or `--defaults-extra-file`, a mongodump `--config` file, LIQUIBASE_COMMAND_PASSWORD, FLYWAY_PASSWORD.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://dev.mysql.com/doc/refman/8.4/en/password-security-user.html",
      "https://docs.liquibase.com/concepts/connections/liquibase-environment-variables.html",
    ],
    quietWhen: "it is in a file or variable, or a URL in view contains none.",
  },
  check(container, { workspace, report }) {
    const { topology } = workspace;
    if (!topology.concerns(container.workload)) return;
    const backup = topology.backups.find((each) => each.container === container);
    const migration = topology.migrations.find((each) => each.container === container);
    const command = backup?.command ?? migration?.command;
    // A migration tool's own image is called with arguments only.
    const [program, words] =
      command !== undefined
        ? [commandLine(command).split(" ")[0] ?? "", command.words.slice(1)]
        : migration !== undefined
          ? [migration.tool.toLowerCase(), argumentsOf(container)]
          : [undefined, []];
    const found = program === undefined ? undefined : passwordIn(program, words, container);
    if (program === undefined || found === undefined) return;
    const isOverwritten = /mysql|maria|mydumper|xtrabackup/.test(program);
    const while_ = `while the ${backup === undefined ? "migration" : "backup"} runs`;
    report({
      message:
        found.variable === undefined
          ? `The password is an argument of ${program}: process lists on the node and in the Pod show it ${isOverwritten ? "until the program has overwritten it" : while_}.`
          : `A password in $${found.variable} is an argument of ${program}: process lists on the node and in the Pod show it ${while_}.`,
      remedy: remedyFor(program, container),
      at: found.at,
      ...(found.variable === undefined ? {} : { severity: "info" as const }),
    });
  },
});

/** What the program itself reads; undefined: it is not known here. */
function remedyFor(program: string, { environment }: Container): string | undefined {
  const name = fileName(program);
  const isSet = (variable: string): boolean => environment.get(variable) !== undefined;
  if (/^(?:mysql|mariadb)(?:dump|-dump|admin|import|pump)?$/.test(name))
    return isSet("MYSQL_PWD")
      ? "Take the argument out: MYSQL_PWD is set, and the program reads it."
      : "Set MYSQL_PWD, or name a file of the Secret first: `--defaults-extra-file=/secrets/my.cnf`.";
  if (/^(?:mydumper|myloader|xtrabackup|mariabackup|mariadb-backup)$/.test(name))
    return "Name a file of the Secret: `--defaults-extra-file=/secrets/my.cnf`.";
  if (/^(?:pg_\w+|psql|vacuumdb|reindexdb)$/.test(name))
    return isSet("PGPASSWORD")
      ? "Take the password out of the URL: PGPASSWORD is set, and the program reads it."
      : "Set PGPASSWORD from the Secret, or mount a .pgpass file, and leave the password out of the URL.";
  if (/^mongo(?:dump|restore|export|import)$/.test(name))
    return "Write it into a file of the Secret: `--config=/secrets/mongo.yaml`.";
  if (name === "liquibase") return "Set LIQUIBASE_COMMAND_PASSWORD from the Secret.";
  if (name === "flyway") return "Set FLYWAY_PASSWORD from the Secret.";
  return undefined;
}

type RawWord = Place & { readonly raw: string };

/** The word that shows a password; `variable`: it does if the variable's URL, which is not in view, holds one. */
function passwordIn(
  program: string,
  words: readonly RawWord[],
  container: Container,
): { readonly at: Place; readonly variable: string | undefined } | undefined {
  const passwords = passwordWords(
    words.map(({ raw }) => raw),
    program,
  );
  const shown = new Set(passwords.map(({ index }) => index));
  for (const [index, word] of words.entries()) {
    if (shown.has(index) || findDsns(word.raw).some((dsn) => dsn.passwordSpan !== undefined))
      return { at: word, variable: undefined };
    const variable = /^["']?\$[{(]?(\w*(?:UR[IL]|DSN))(?!\w)/.exec(urlOf(word.raw))?.[1];
    if (variable === undefined) continue;
    // Whether there is a password in the variable is known where its value is in view.
    const value = container.environment.get(variable)?.value;
    if (value === undefined) return { at: word, variable };
    if (findDsns(value).some((dsn) => dsn.passwordSpan !== undefined)) return { at: word, variable: undefined };
  }
  return undefined;
}

/** The URL of `--dbname=…`, `--uri=…`, or the word itself. */
function urlOf(word: string): string {
  return word.replace(/^["']?--?[a-z-]+=/, "");
}

function argumentsOf(container: Container): readonly RawWord[] {
  return container.argv.map(({ at }) => {
    const { file, span, yamlPath } = at;
    return { file, span, yamlPath, raw: textAt(at) };
  });
}
