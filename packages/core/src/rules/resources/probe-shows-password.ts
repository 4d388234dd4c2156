import { nameOf } from "../../domain/model/names.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { execHandlersOf } from "../../kube/probes.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "probe-shows-password",
  subject: "container",
  meta: {
    summary: "A probe or hook has the database's password in its command.",
    rationale:
      "The command is part of the object: everybody who may read Pods reads the password, it lies in the repository, and each run shows it in the process list.",
    remedy:
      "Ask without a login (`pg_isready`, `mariadb-admin ping`, `healthcheck.sh`), or give the client its variable: MYSQL_PWD, REDISCLI_AUTH, PGPASSWORD from the Secret.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://dev.mysql.com/doc/refman/8.4/en/password-security-user.html",
      "https://redis.io/docs/latest/develop/tools/cli/",
    ],
    quietWhen: "a variable stands there, or a placeholder that is filled in before.",
  },
  check(container, { workspace, report }) {
    const { workload } = container;
    const isOurs =
      workspace.topology.databaseOf(workload)?.container === container ||
      workspace.topology.poolerOf(container) !== undefined;
    if (!isOurs) return;
    for (const { name, words, node } of execHandlersOf(container)) {
      if (!showsPassword(words)) continue;
      const index = words.findIndex(
        (word, position) => showsPassword(words.slice(Math.max(0, position - 1), position + 1)) || /\s/.test(word),
      );
      report({
        message: `The ${name} of ${nameOf(workload.resource)} has a password in its command: whoever may read the Pod reads it, and so does the repository.`,
        at: node.items()[index] ?? node,
      });
    }
  },
});

// Behind `-p` of MySQL's clients, `-a` of redis-cli, in a URL or an assignment; a variable is no password.
const literal = "(?![$`])[^\\s\"'$`\\\\]+";
const patterns: readonly RegExp[] = [
  new RegExp(`(?:mysql|maria)\\S*\\b.*\\s-p["']?(?!\\d+(?:\\s|$))(${literal})`),
  new RegExp(`--password[= ]["']?(${literal})`),
  new RegExp(`(?:redis|valkey)-cli\\b.*\\s(?:-a|--pass)\\s+["']?(${literal})`),
  new RegExp(`\\b(?:PGPASSWORD|MYSQL_PWD|REDISCLI_AUTH)=["']?(${literal})`),
  new RegExp(`\\b(?:postgres(?:ql)?|mysql|mongodb|redis)://[^\\s:/@]*:(${literal})@`),
  new RegExp(`mongo(?:sh)?\\b.*\\s-p\\s+["']?(${literal})`),
];

function showsPassword(words: readonly string[]): boolean {
  const line = words.join(" ");
  return patterns.some((pattern) => {
    const value = pattern.exec(line)?.[1];
    return value !== undefined && !value.startsWith("-") && !hasPlaceholder(value);
  });
}
