import { uploadsOf } from "../../domain/backup/uploads.ts";
import { commandLine } from "../../domain/migration/read-migrations.ts";
import type { Command } from "../../embedded/command.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "backup-upload-failure-hidden",
  subject: "backup",
  meta: {
    summary: "The script ends successfully although the dump was not uploaded.",
    rationale:
      "The dump succeeds, the upload fails on an expired key or a missing bucket, and the script goes on: the Job is Complete each night while the bucket gets nothing. The copy in the Pod is gone with it.",
    remedy: "Begin the script with `set -eu`, and do not follow the upload with `|| true` or `|| echo …`.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#set"],
    quietWhen:
      "errexit is on, the upload's result is tested, it is the last command, there are several uploads, or the failure of the dump is hidden too (backup-failure-hidden).",
  },
  check({ command, container, resource, script }, { report }) {
    if (command === undefined || container === undefined) return;
    const isDumpSeen = command.decidesExit || command.isTested || command.isConditional || command.feeds !== undefined;
    const [upload, ...more] = uploadsOf(container, command).filter((each) => script.includes(each));
    if (!isDumpSeen || upload === undefined || more.length > 0 || !isUnseen(upload)) return;
    const last = script.findLast((each) => !each.isConditional && each.declaredIn === undefined);
    const program = programsOf(upload);
    const isJob = resource.kind === "CronJob" || resource.kind === "Job";
    const effect = isJob ? `leaves this ${resource.kind} "Complete"` : `goes unnoticed in this ${resource.kind}`;
    report({
      message: upload.isFailureIgnored
        ? `A failed ${program} ${effect}: "||" swallows its exit status, and the dump never leaves the Pod.`
        : `A failed ${program} ${effect}: the script continues and ends with ${last === undefined ? "another command" : `"${programsOf(last)}"`}, and the dump never leaves the Pod.`,
      at: upload.words[0] ?? upload,
      related: [{ message: "the dump", at: command.words[0] ?? command }],
    });
  },
});

/** Its exit status reaches nothing. */
function isUnseen(upload: Command): boolean {
  if (upload.shell === undefined || upload.isCondition || upload.isTested || upload.decidesExit) return false;
  if (upload.isFailureIgnored) return true;
  return !upload.shell.errexit && !upload.isConditional && upload.feeds === undefined;
}

function programsOf(command: Command): string {
  return commandLine(command).split(" ")[0] ?? "the upload";
}
