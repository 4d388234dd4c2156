import { type Command, writtenLine } from "../../embedded/command.ts";
import type { Resource } from "../../kube/resource.ts";
import { oncePer } from "../../text/once.ts";
import { isAnyIn, type Pattern } from "../../text/scan.ts";
import type { Database } from "../model/database.ts";
import type { Workspace } from "../model/workspace.ts";

/** What all units together back up and restore. */
export interface BackupCoverage {
  covers(database: Database): boolean;
  readonly hasBackups: boolean;
  /** A dump whose target is not in view: it may be anybody's. */
  readonly hasUnknownTarget: boolean;
  /** A recovery, a restore command or the label `dbops/restore-test` is in view. */
  readonly hasRestore: boolean;
}

/** What all units together back up and restore: the rules about absent backups ask in each of them. */
export function backupCoverage({ everything }: Workspace): BackupCoverage {
  return coverageOf(everything);
}

const coverageOf = oncePer((everything: Workspace["everything"]): BackupCoverage => {
  const backups = everything.topologies.flatMap((topology) => topology.backups);
  const covered = new Set(backups.flatMap((backup) => backup.databases.map(identityOf)));
  let hasRestore: boolean | undefined;
  return {
    covers: (database) => covered.has(identityOf(database)),
    hasBackups: backups.length > 0,
    hasUnknownTarget: backups.some((backup) => backup.databases.length === 0 && backup.method !== "volume-snapshot"),
    get hasRestore() {
      hasRestore ??= [...everything.resources].some(restores);
      return hasRestore;
    },
  };
});

/** A base that two overlays render is one database. */
function identityOf({ resource }: Database): string {
  return `${resource.document.file.uri} ${resource.node.span.start}`;
}

function restores(resource: Resource): boolean {
  return (
    resource.labels["dbops/restore-test"] !== undefined ||
    resource.annotations["dbops/restore-test"] !== undefined ||
    resource.node.at("spec", "bootstrap", "recovery") !== undefined ||
    (resource.kind === "MariaDB" && resource.node.at("spec", "bootstrapFrom") !== undefined) ||
    resource.workload?.containers.some(({ commands }) => commands.some((command) => isRestore(command, commands))) ===
      true
  );
}

function isRestore(command: Command, commands: readonly Command[]): boolean {
  const line = writtenLine(command);
  if (isAnyIn(line, restorers)) return true;
  return client.test(line) && (command.readsFrom !== undefined || commands.some((each) => each.feeds === command));
}

const restorers: readonly Pattern[] = [
  /\bpg_restore\b(?! (?:-l|--list))/,
  /\b(?:mongorestore|myloader|wal-g backup-fetch|barman(?:-cloud)?[- ]restore|xtrabackup --(?:prepare|copy-back))\b/,
  [/\bpgbackrest /, /restore\b/],
  [/\b(?:psql|mysql|mariadb)\b/, / -f/],
];

/** Restores what it reads: `psql shop < dump.sql`, `zcat dump.sql.gz | mysql shop`. */
const client = /^(?:[^\s=]*=\S* )*(?:\S*\/)?(?:psql|mysql|mariadb)\b/;
