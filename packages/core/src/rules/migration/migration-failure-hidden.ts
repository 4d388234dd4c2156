import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "migration-failure-hidden",
  subject: "migration",
  meta: {
    summary: "A failed migration is reported as a success.",
    rationale:
      "Without `set -e` the script goes on after the failure and ends with the exit status of its last command, often an echo. The deployment goes on against the old schema.",
    remedy: "Begin the script with `set -eu`, and do not write `|| true` behind a migration.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#set"],
    quietWhen: "errexit is on, the result is tested, or the migration is the last command.",
  },
  check({ command, where, workload, tool }, { report }) {
    if (
      command === undefined ||
      command.shell === undefined ||
      where === "start-command" ||
      workload.resource.isPatched
    )
      return;
    if (command.decidesExit || command.isConditional || (command.shell.errexit && !command.isFailureIgnored)) return;
    const lines = workload.containers
      .flatMap((container) => container.commands)
      .map((each) => each.words.map((word) => word.raw).join(" "));
    if (lines.some((line) => /\$\?/.test(line))) return;
    report({
      message: `A failed ${tool} migration counts as done: ${command.isFailureIgnored ? '"||" swallows its exit status' : "the script goes on, and only its last command decides"}. ${where === "init" ? "The application then starts on the old schema." : `${workload.resource.kind} ${workload.resource.name} is Complete.`}`,
      at: command.words[0] ?? command,
    });
  },
});
