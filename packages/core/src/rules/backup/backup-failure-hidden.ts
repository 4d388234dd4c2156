import { endsAfterDump, isDumpChecked } from "../../domain/backup/dump-checks.ts";
import { commandLine } from "../../domain/migration/read-migrations.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "backup-failure-hidden",
  subject: "backup",
  meta: {
    summary: "The script continues after a failed dump and ends successfully.",
    rationale:
      "Without `set -e` a shell runs the next line no matter how the last one ended. A closing `echo` then marks the Job Complete.",
    remedy: "Begin the script with `set -eu`.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#set"],
    quietWhen: "errexit is on, the result is tested, or the dump is the last command.",
  },
  check({ command, container, method, resource, script }, { report }) {
    if (command === undefined || container === undefined || command.shell === undefined) return;
    const isJob = resource.kind === "CronJob" || resource.kind === "Job";
    if ((method === "physical" || method === "wal-archive") && !isJob) return; // a replica copies its primary, a stream goes on
    if (
      command.unreached !== undefined ||
      command.feeds !== undefined ||
      command.decidesExit ||
      (command.shell.errexit && !command.isFailureIgnored)
    )
      return;
    const last = script.filter((each) => !each.isConditional).at(-1);
    // `if pg_dump …; then … else exit 1`, `$?`, a test of the archive: the script looks at the result itself.
    if (command.isTested || command.isConditional) return;
    if (endsAfterDump(script, command) || isDumpChecked(script, command)) return;
    const program = commandLine(command).split(" ")[0] ?? "the dump";
    const effect = isJob ? `leaves this ${resource.kind} "Complete"` : `goes unnoticed in this ${resource.kind}`;
    report({
      message: command.isFailureIgnored
        ? `A failed ${program} ${effect}: "||" swallows its exit status.`
        : `A failed ${program} ${effect}: the script continues and ends with ${last === undefined ? "another command" : `"${commandLine(last).split(" ")[0]}"`}, whose exit status counts instead.`,
      at: command.words[0] ?? command,
    });
  },
});
