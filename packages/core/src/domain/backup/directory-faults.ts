import { type Command, programOf } from "../../embedded/command.ts";
import type { Container } from "../../kube/container.ts";
import type { Backup } from "../model/backup.ts";
import type { BackupFault } from "../model/backup-terms.ts";
import type { Database } from "../model/database.ts";
import { finalTarget } from "./dump-directory.ts";
import { claimsOf } from "./read-backups.ts";
import { optionIn, wordsOf } from "./tool-options.ts";
import { withVariables } from "./upload-target.ts";

// Why programs that copy data files, or write a directory, fail. Run with pg_basebackup and pg_dump 15 and mariadb-backup 10.11
// (test/real/backup-directories.test.ts). Percona XtraBackup, which no registry of ours has, by its documentation (8.4, read 2026-11):
// https://docs.percona.com/percona-xtrabackup/8.4/create-full-backup.html

/** Programs that read the files of the server, and not through it. */
const readsFiles = /^(?:mariadb-backup|mariabackup|xtrabackup)$/;

/** Programs that refuse a directory in which files are. pg_dump writes one with `-Fd` only. */
const refusesFiles = /^(?:mariadb-backup|mariabackup|xtrabackup|pg_basebackup|pg_dump)$/;

/** What makes room for the next run, or may. */
const makesRoom = /^(?:rm|mv|find|rmdir|unlink|rsync|rename|python3?|perl|node|mktemp)$/;

/** Only the first run of a schedule succeeds, where it writes a directory of a fixed name to a volume that stays. */
export function fixedDirectory({ command, container, resource }: Backup): BackupFault | undefined {
  if (resource.kind !== "CronJob" || command === undefined || container === undefined) return undefined;
  const program = programOf(command);
  const { containers } = container.workload;
  if (!refusesFiles.test(program) || command.execIn !== undefined || command.isConditional) return undefined;
  if (containers.some((each) => !each.commandsAreComplete || each.commands.some(mayMakeRoom))) return undefined;
  const target = finalTarget(command, container.commands);
  const directory = target?.isDirectory === true ? withVariables(target.path, container) : "";
  if (target === undefined || !/^\/[\w./-]+$/.test(directory)) return undefined;
  const { source } = container.mountAt(directory)?.volume ?? {};
  return source === "claim" || source === "nfs" || source === "host-path"
    ? { because: `only its first run succeeds: ${program} refuses ${directory} once it has files`, at: target.at }
    : undefined;
}

function mayMakeRoom(command: Command): boolean {
  return makesRoom.test(programOf(command));
}

/** MariaDB's program streams in a format of its own, and not as tar. */
export function refusedStream({ command, container }: Backup): BackupFault | undefined {
  if (command === undefined || container === undefined) return undefined;
  const program = programOf(command);
  if (program !== "mariadb-backup" && program !== "mariabackup") return undefined;
  return optionIn(wordsOf(command, container), "--stream") === "tar"
    ? { because: `${program} refuses --stream=tar: it knows xbstream only`, at: command.words[0] ?? command }
    : undefined;
}

/** A program that reads the server's files, in a Pod that does not have them. */
export function filesOutOfReach({ command, container }: Backup, database: Database): BackupFault | undefined {
  if (command === undefined || container === undefined || command.execIn !== undefined) return undefined;
  const program = programOf(command);
  if (!readsFiles.test(program) || database.workload === undefined || database.workload === container.workload)
    return undefined;
  return container.mounts.some((mount) => mayHoldData(mount, database))
    ? undefined
    : {
        because: `${program} reads the files of ${database.resource.name}, and its Pod mounts no volume that has them`,
        at: command.words[0] ?? command,
      };
}

function mayHoldData({ volume }: Container["mounts"][number], database: Database): boolean {
  switch (volume?.source) {
    case "empty-dir":
    case "memory":
    case "config-map":
    case "secret":
      return false;
    case "claim":
      return volume.sourceName === undefined || claimsOf(database).has(volume.sourceName);
    default:
      return true;
  }
}
