import { commandsAfter, writtenLine } from "../../embedded/command.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "migration-failure-hidden",
  subject: "migration",
  meta: {
    summary: "A failed migration is reported as a success.",
    rationale:
      "Without `set -e` the script continues after the failure and ends with the exit status of its last command, often an echo. The deployment proceeds against the old schema.",
    remedy: "Begin the script with `set -eu`, and do not write `|| true` after a migration.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#set"],
    quietWhen: "errexit is on, the result is tested, or the migration is the last command.",
  },
  check({ command, container, where, workload, tool }, { report }) {
    if (command === undefined || command.shell === undefined || where === "start-command") return;
    if (
      command.decidesExit ||
      command.isTested ||
      command.isConditional ||
      (command.shell.errexit && !command.isFailureIgnored)
    )
      return;
    // `|| failed=1`, and further on `[ -z "$failed" ] || exit 1`.
    const after = commandsAfter(container.commands, command);
    if (command.isFailureIgnored && after.some((each) => /^exit\s+[1-9$"]/.test(writtenLine(each)))) return;
    report({
      message: `A failed ${tool} migration counts as a success: ${command.isFailureIgnored ? '"||" swallows its exit status' : "the script continues, and only its last command counts"}. ${where === "init" ? "The application then starts on the old schema." : `${workload.resource.kind} ${workload.resource.name} is then marked Complete.`}`,
      at: command.words[0] ?? command,
    });
  },
});
