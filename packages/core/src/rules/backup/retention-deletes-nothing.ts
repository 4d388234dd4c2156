import { wordsOf } from "../../domain/backup/tool-options.ts";
import { isRehearsal } from "../../domain/backup/tool-retention.ts";
import { type Command, programOf } from "../../embedded/command.ts";
import type { Container } from "../../kube/container.ts";
import { defineRule } from "../../rule/rule.ts";
import { own } from "../../text/own.ts";

export default defineRule({
  id: "retention-deletes-nothing",
  subject: "container",
  meta: {
    summary: "The command that deletes old backups only says what it would delete.",
    rationale:
      "`wal-g delete` is a rehearsal unless it is told `--confirm`, and `pbm cleanup` asks a question that nobody answers in a Pod. The Job succeeds each night, and the store grows until it is full or the bill is noticed.",
    remedy: "Add `--confirm` for WAL-G, `--yes` for Percona Backup for MongoDB, and remove `--dry-run`.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://github.com/wal-g/wal-g/blob/master/docs/README.md#delete",
      "https://docs.percona.com/percona-backup-mongodb/usage/delete-backup.html",
    ],
    quietWhen: "another command of the same Pod deletes for real, or a word of the command is filled in later.",
  },
  check(container, { report }) {
    const commands = container.workload.containers.flatMap((each) =>
      each.commands.map((command) => ({ command, words: wordsOf(command, each) })),
    );
    for (const command of container.commands) {
      const words = wordsOf(command, container);
      const verb = verbOf(words);
      if (verb === undefined || command.unreached !== undefined || !isRehearsal(words)) continue;
      const program = programOf(command);
      const isDone = commands.some(
        (each) => programOf(each.command) === program && verbOf(each.words) === verb && !isRehearsal(each.words),
      );
      if (!isDone) report({ message: messageFor(command, container, verb), at: command.words[0] ?? command });
    }
  },
});

const deleting: Readonly<Record<string, readonly string[]>> = {
  "wal-g": ["delete"],
  "wal-e": ["delete"],
  pbm: ["cleanup", "delete-backup", "delete-pitr"],
  pgbackrest: ["expire"],
  "barman-cloud-backup-delete": [""],
};

/** The word with which a command deletes old backups, empty where its program does nothing else. */
function verbOf(words: readonly string[]): string | undefined {
  const verbs = own(deleting, words[0]?.split("/").at(-1) ?? "");
  return verbs?.find((verb) => verb === "" || words.includes(verb));
}

function messageFor(command: Command, { workload: { resource } }: Container, verb: string): string {
  const program = programOf(command);
  const what = verb === "" ? program : `${program} ${verb}`;
  const isDry = command.words.some(({ text }) => text === "--dry-run");
  const why = isDry
    ? "has --dry-run"
    : program === "pbm"
      ? "has no --yes: it asks, and nobody answers in a Pod"
      : "has no --confirm: it only says what it would delete";
  return `${what} of ${resource.kind} ${resource.name} ${why}. Every backup stays.`;
}
