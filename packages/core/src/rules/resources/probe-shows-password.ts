import { nameOf } from "../../domain/model/names.ts";
import { passwordWords } from "../../embedded/command-passwords.ts";
import { secretsInText } from "../../embedded/secret-text.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { execHandlersOf } from "../../kube/probes.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "probe-shows-password",
  subject: "container",
  meta: {
    summary: "A probe or hook has the database's password in its command.",
    rationale:
      "The command is part of the object: everyone who may read Pods can read the password, it is in the repository, and each run shows it in the process list.",
    remedy:
      "Check without a login (`pg_isready`, `mariadb-admin ping`, `healthcheck.sh`), or set the client's variable from the Secret: MYSQL_PWD, REDISCLI_AUTH, PGPASSWORD.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://dev.mysql.com/doc/refman/8.4/en/password-security-user.html",
      "https://redis.io/docs/latest/develop/tools/cli/",
    ],
    quietWhen: "it is a variable, or a placeholder that is filled in beforehand.",
  },
  check(container, { workspace, report }) {
    const { workload } = container;
    const isOurs =
      workspace.topology.databaseOf(workload)?.container === container ||
      workspace.topology.poolerOf(container) !== undefined;
    if (!isOurs) return;
    for (const { name, words, node } of execHandlersOf(container)) {
      const index = passwordIn(words);
      if (index === undefined) continue;
      report({
        message: `The ${name} of ${nameOf(workload.resource)} has a password in its command: anyone who may read the Pod or the repository can read it.`,
        at: node.items()[index] ?? node,
      });
    }
  },
});

/** The word that holds a password; a variable is none, nor is what is filled in before. */
function passwordIn(words: readonly string[]): number | undefined {
  const isLiteral = (value: string): boolean => !/^[\\"']*[$`]/.test(value) && !hasPlaceholder(value);
  const argument = passwordWords(words).find(({ index, start }) => isLiteral((words[index] ?? "").slice(start)));
  if (argument !== undefined) return argument.index;
  const script = words.findIndex((word) =>
    secretsInText(word).some(({ start, end }) => isLiteral(word.slice(start, end))),
  );
  return script < 0 ? undefined : script;
}
