import { isDumpChecked } from "../../domain/backup/dump-checks.ts";
import { endOfPipe } from "../../domain/backup/dump-directory.ts";
import { commandLine } from "../../domain/migration/read-migrations.ts";
import { knowsPipefail } from "../../kube/shell-of-image.ts";
import { editFix } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { insertInText } from "../../yaml/edit.ts";

export default defineRule({
  id: "backup-pipe-hides-failure",
  subject: "backup",
  meta: {
    summary: "A dump is piped into another program without pipefail: its failure is invisible.",
    rationale:
      "The exit status of a pipe is that of its last command. gzip succeeds on empty input: the Job is Complete and the archive is 20 bytes. Teams find out when they restore.",
    remedy:
      "Use `set -o pipefail` with bash or busybox, or dump to a file first (`pg_dump -Fc -f`, `mysqldump -r`). Debian's sh is dash and refuses pipefail: run the script with bash.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "safe",
    needs: "file",
    references: [
      "https://github.com/databacker/mysql-backup/issues/47",
      "https://www.gnu.org/software/bash/manual/bash.html#Pipelines",
    ],
    quietWhen:
      "the script asks for PIPESTATUS, or looks afterward at the size or the end of what was dumped; that gzip's archive is whole and not empty says nothing.",
  },
  check({ command, container, resource, script }, { report }) {
    if (command === undefined || container === undefined || command.shell === undefined) return;
    const { feeds, shell } = command;
    if (feeds === undefined || shell.pipefail || command.unreached !== undefined) return;
    // `$PIPESTATUS`, a size that is compared, pg_restore --list: somebody's own way.
    if (command.isTested || isDumpChecked(script, command)) return;
    const program = commandLine(command).split(" ")[0] ?? "the dump";
    const last = endOfPipe(feeds);
    // The shell of `kubectl exec` is that of another image.
    const image = command.execIn === undefined ? container.image : undefined;
    const [start] = [...command.assignments, ...command.words];
    if (start === undefined) return;
    const effect =
      resource.kind === "CronJob" || resource.kind === "Job"
        ? `leaves this ${resource.kind} "Complete" and`
        : `goes unnoticed in this ${resource.kind} and leaves`;
    report({
      message: `A failed ${program} ${effect} an empty or truncated archive: ${shell.program} reports only the exit status of ${commandLine(last).split(" ")[0] ?? "the last command"}.`,
      remedy:
        knowsPipefail(shell.program, image) === true
          ? "Begin the script with `set -o pipefail`, or dump to a file first (`pg_dump -Fc -f`, `mysqldump -r`)."
          : undefined,
      at: command.words[0] ?? command,
      related: [{ message: "its exit status counts", at: last.words[0] ?? last }],
      fixes: [
        knowsPipefail(shell.program, image) === true
          ? editFix({
              title: 'Add "set -o pipefail"',
              safety: "safe",
              consequence: "From the next run on, a failed dump fails the run.",
              edits: insertInText(start, start.raw, "set -o pipefail; ", "before"),
            })
          : undefined,
      ],
    });
  },
});
