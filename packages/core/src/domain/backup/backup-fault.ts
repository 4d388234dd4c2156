import { type Command, programOf } from "../../embedded/command.ts";
import { groupOf } from "../../facts/kinds.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import { type CronDialect, neverFires, whyRefused } from "../../kube/schedule-fault.ts";
import { timeZoneFault } from "../../kube/time-zone.ts";
import { oncePer } from "../../text/once.ts";
import type { Backup } from "../model/backup.ts";
import type { BackupFault } from "../model/backup-terms.ts";
import type { Database } from "../model/database.ts";
import { backupsOff } from "./backups-off.ts";
import { cnpgFault } from "./cnpg-fault.ts";
import { filesOutOfReach, fixedDirectory, refusedStream } from "./directory-faults.ts";
import { deletionOfDump } from "./dump-deletion.ts";
import { namedTarget } from "./dump-directory.ts";
import { engineFault } from "./dump-engine.ts";
import { pauseOf } from "./pause.ts";

const deletionOf = oncePer(deletionOfDump);

/** Why a backup takes nothing, whatever it names: it is suspended, refused, or never comes. undefined: nothing shows that it does not run. */
export function faultOf(backup: Backup): BackupFault | undefined {
  const { command, content, resource, schedule, terms } = backup;
  if (terms?.fault !== undefined) return terms.fault;
  const pause = schedule === undefined ? undefined : pauseOf(resource);
  if (pause !== undefined) return { because: "it is suspended", at: pause.at };
  const zone = zoneFaultOf(resource);
  if (zone !== undefined)
    return { because: `the API server refuses timeZone "${zone.name}": ${zone.because}`, at: zone.at };
  if (command !== undefined && content?.kind === "none")
    return { because: content.because, at: command.words[0] ?? command };
  if (command !== undefined && isLostInLog(command))
    return {
      because: `${programOf(command)} writes to the container's log, which goes with the Pod`,
      at: command.words[0] ?? command,
    };
  const deletion = deletionOf(backup);
  if (deletion !== undefined)
    return { because: "its script deletes the dump again", at: deletion.words[0] ?? deletion };
  const refusal = refusedStream(backup) ?? fixedDirectory(backup);
  if (refusal !== undefined) return refusal;
  const text = schedule?.value;
  if (schedule === undefined || text === undefined) return undefined;
  const refused = whyRefused(text, dialectOf(backup));
  if (refused !== undefined) return { because: `its schedule "${text}" is refused: ${refused}`, at: schedule.at };
  return neverFires(text, dialectOf(backup))
    ? { because: `no date matches its schedule "${text}"`, at: schedule.at }
    : undefined;
}

/** Programs that write to their standard output where no file is named. */
const toOutput = /^(?:pg_dump|pg_dumpall|mysqldump|mariadb-dump)$/;

/** A dump that no file, pipe or group of commands around it takes. Where a function holds it, that is not known. */
function isLostInLog(command: Command): boolean {
  if (!toOutput.test(programOf(command)) || !command.isLogged || command.declaredIn !== undefined) return false;
  // A variable may hold the option that names a file.
  return !command.words.some(({ raw }) => raw.includes("$")) && namedTarget(command) === undefined;
}

/** The time zone of a CronJob that the API server refuses, and why. */
export function zoneFaultOf({ kind, node }: Resource): (BackupFault & { readonly name: string }) | undefined {
  const at = kind === "CronJob" ? node.at("spec", "timeZone") : undefined;
  const name = at?.text();
  if (at === undefined || name === undefined || hasPlaceholder(name)) return undefined;
  const because = timeZoneFault(name);
  return because === undefined ? undefined : { name, because, at };
}

/** Who reads the schedule of a backup, and how. */
export function dialectOf({ dialect, resource }: Backup): CronDialect {
  return dialect ?? (resource.kind === "CronJob" ? "cronjob" : "five-fields");
}

/** The same, with what the database itself lacks for this backup. */
export function faultFor(backup: Backup, database: Database, resources: ResourceIndex): BackupFault | undefined {
  const own = faultOf(backup);
  if (own !== undefined) return own;
  const unread = engineFault(backup, database) ?? filesOutOfReach(backup, database);
  if (unread !== undefined) return unread;
  const { resource } = database;
  if (resource.isPartial || resource.isUnsettled) return undefined;
  if (backup.resource === resource) {
    const off = backupsOff(database);
    if (off !== undefined) return off;
  }
  return groupOf(resource.apiVersion) === "postgresql.cnpg.io" ? cnpgFault(backup, database, resources) : undefined;
}
