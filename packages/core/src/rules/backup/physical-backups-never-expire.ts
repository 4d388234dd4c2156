import { expiryOf } from "../../domain/backup/bucket-expiry.ts";
import { wordsOf } from "../../domain/backup/tool-options.ts";
import { isRehearsal, retentionOfTool } from "../../domain/backup/tool-retention.ts";
import { toolRunOf } from "../../domain/backup/tool-runs.ts";
import { nameOf } from "../../domain/model/names.ts";
import { programOf } from "../../embedded/command.ts";
import { backupKinds } from "../../facts/kinds.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "physical-backups-never-expire",
  subject: "backup",
  meta: {
    summary: "Nothing deletes old base backups and the WAL between them.",
    rationale:
      "WAL-G, barman-cloud, pgBackRest and Percona Backup for MongoDB delete only what they are told to delete. The store holds a full copy for each run and every segment since the first one: the bill grows, and a store that is full refuses the next segment.",
    remedy:
      "Add the command that deletes: `wal-g delete retain FULL 7 --confirm`, `barman-cloud-backup-delete -r 'RECOVERY WINDOW OF 14 DAYS' URL SERVER`, `repo1-retention-full`, `pbm cleanup --older-than 14d --yes`.",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "folder",
    misses: backupKinds,
    yieldsTo: ["retention-deletes-nothing", "barman-retention-policy"],
    references: [
      "https://github.com/wal-g/wal-g/blob/master/docs/README.md#delete",
      "https://docs.percona.com/percona-backup-mongodb/usage/delete-backup.html",
      "https://pgbackrest.org/configuration.html#section-repository/option-repo-retention-full",
    ],
    quietWhen:
      "a command or setting in view deletes, a rule of the bucket does, the backup is taken once, or a part of the configuration is not in view.",
  },
  check(backup, { workspace: { everything }, report }) {
    const { resource, command, schedule, databases, method } = backup;
    if (method === "wal-archive") return; // what takes the base backups deletes its WAL with them
    const run = toolRunOf(backup, databases[0]);
    if (command === undefined || run === undefined || programOf(command) === "barman") return;
    if (schedule === undefined && /^(?:Job|Pod)$/.test(resource.kind)) return;
    const kept = retentionOfTool(run, everything.resources);
    if (kept?.value?.kind !== "all" || expiryOf(backup, everything.resources) !== undefined) return;
    const containers = resource.workload?.containers ?? [];
    if (containers.some((each) => !each.commandsAreComplete)) return;
    // That rule says it.
    if (containers.some((each) => each.commands.some((one) => isRehearsal(wordsOf(one, each))))) return;
    const program = programOf(command);
    report({
      message: `${nameOf(resource)} takes a ${program === "pbm" ? "backup" : "base backup"} with ${program} each time, and nothing in view deletes an old one${program === "pbm" ? "" : " or its WAL"}.`,
      at: command.words[0] ?? command,
    });
  },
});
