import { faultFor } from "../domain/backup/backup-fault.ts";
import type { Backup } from "../domain/model/backup.ts";
import type { BackupFault } from "../domain/model/backup-terms.ts";
import type { Database } from "../domain/model/database.ts";
import { nameOf } from "../domain/model/names.ts";
import type { Workspace } from "../domain/model/workspace.ts";

/** Backups in view that name a database, or may mean it because what they take is not in view; with why they do not run. */
export function backupsOf(
  database: Database,
  { everything: { topologies, resources } }: Workspace,
): readonly { readonly backup: Backup; readonly fault: BackupFault | undefined }[] {
  const name = nameOf(database.resource);
  return topologies.flatMap(({ backups }) =>
    backups
      .filter(({ databases }) => databases.length === 0 || databases.some(({ resource }) => nameOf(resource) === name))
      .map((backup) => ({ backup, fault: faultFor(backup, database, resources) })),
  );
}

/** What can be restored from backups: all of it, nothing without a base backup that is not there, or nothing. */
export type Standing = "restorable" | "without-base" | "none";

/** Ordered from the least to the most. */
export const standings: readonly Standing[] = ["none", "without-base", "restorable"];

/** What backups that run are worth together. */
export function standingOf(running: readonly Backup[]): Standing {
  if (running.some(({ terms }) => terms?.needsBase !== true)) return "restorable";
  return running.length === 0 ? "none" : "without-base";
}
