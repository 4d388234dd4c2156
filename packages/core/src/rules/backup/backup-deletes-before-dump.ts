import { deletesAll } from "../../domain/backup/dump-deletion.ts";
import { dumpDirectory, dumpTarget } from "../../domain/backup/dump-directory.ts";
import { uploadsOf } from "../../domain/backup/uploads.ts";
import { nameOf } from "../../domain/model/names.ts";
import { programOf } from "../../embedded/command.ts";
import { defineRule } from "../../rule/rule.ts";
import { directoryPath, fileName } from "../../text/scan.ts";

export default defineRule({
  id: "backup-deletes-before-dump",
  subject: "backup",
  meta: {
    summary: "The old dumps are deleted before the new one is taken.",
    rationale:
      "When the dump then fails (a changed password, a full volume, a server that is down), the last good copy is gone already: the failure that a backup is for leaves none.",
    remedy: "Dump first under a new name, and delete old dumps by age after it succeeded.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://www.postgresql.org/docs/current/backup-dump.html"],
    quietWhen: "the dump is uploaded, the directory is not kept, or what is deleted has other names than the dump.",
  },
  check({ command, container, method, resource, script }, { report }) {
    if (command === undefined || container === undefined || (method !== "dump" && method !== "physical")) return;
    if (uploadsOf(container, command).length > 0) return;
    const directory = dumpDirectory(command);
    const source = directory === undefined ? undefined : container.mountAt(directory)?.volume?.source;
    if (directory === undefined || !/^(?:claim|nfs|host-path)$/.test(source ?? "")) return;
    const name = fileName(dumpTarget(command)?.path ?? "");
    const before = script.slice(0, script.indexOf(command));
    const deletion = before.find(
      (each) =>
        each.declaredIn === command.declaredIn &&
        !each.isConditional &&
        deletesAll(each, directoryPath(directory), name),
    );
    if (deletion === undefined) return;
    const [program] = command.words;
    report({
      message: `${nameOf(resource)} empties ${directory} before it dumps: when ${programOf(command)} then fails, no backup is left.`,
      at: deletion.words[0] ?? deletion,
      related: program === undefined ? [] : [{ message: "the dump", at: program }],
    });
  },
});
