import { type Command, writtenLine } from "../../embedded/command.ts";
import { groupOf } from "../../facts/kinds.ts";
import { cronFields, firesEver, parseCron } from "../../kube/cron.ts";
import { namespacesAgree } from "../../kube/namespace.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import { oncePer } from "../../text/once.ts";
import { isAnyIn, type Pattern } from "../../text/scan.ts";
import { type Fact, knownText, opaque } from "../../yaml/fact.ts";
import type { Backup } from "../model/backup.ts";
import type { Database } from "../model/database.ts";
import type { Workspace } from "../model/workspace.ts";
import { missingMethod } from "./cnpg-method.ts";
import { pauseOf } from "./pause.ts";
import { sameFamily } from "./read-backups.ts";

/** What all units together back up and restore. */
export interface BackupCoverage {
  /** A backup that can run takes it. */
  covers(database: Database): boolean;
  /** A backup whose target is not in view may be meant for it. */
  mayCover(database: Database): boolean;
  /** Backups of it that cannot run. */
  idle(database: Database): readonly Backup[];
  readonly hasBackups: boolean;
  /** A recovery, a restore command or the label `dbops/restore-test` is in view. */
  readonly hasRestore: boolean;
}

/** What all units together back up and restore: the rules about absent backups ask in each of them. */
export function backupCoverage({ everything }: Workspace): BackupCoverage {
  return coverageOf(everything);
}

const coverageOf = oncePer((everything: Workspace["everything"]): BackupCoverage => {
  const backups = everything.topologies.flatMap((topology) => topology.backups);
  const running = backups.filter(runs);
  const covered = new Set(
    running.flatMap((backup) => backup.databases.filter((database) => !failsFor(backup, database)).map(identityOf)),
  );
  const aimless = running.filter(({ databases, method }) => databases.length === 0 && method !== "volume-snapshot");
  let hasRestore: boolean | undefined;
  return {
    covers: (database) => covered.has(identityOf(database)),
    mayCover: (database) => aimless.some((backup) => mayMean(backup, database)),
    idle: (database) =>
      backups.filter(
        (backup) =>
          backup.databases.some((each) => identityOf(each) === identityOf(database)) &&
          (!runs(backup) || failsFor(backup, database)),
      ),
    hasBackups: backups.length > 0,
    get hasRestore() {
      hasRestore ??= [...everything.resources].some(restores);
      return hasRestore;
    },
  };
});

/** A schedule that is suspended, refused or never comes takes nothing, whatever it names. */
function runs({ resource, schedule }: Backup): boolean {
  if (schedule === undefined) return true;
  if (pauseOf(resource) !== undefined) return false;
  if (resource.kind !== "CronJob" || cronFields(schedule.value) === undefined) return true;
  const cron = parseCron(schedule.value ?? "");
  return cron?.fields === 5 && firesEver(cron);
}

function failsFor({ resource }: Backup, database: Database): boolean {
  const cluster = database.resource;
  return !cluster.isPartial && !cluster.isUnsettled && missingMethod(resource, cluster) !== undefined;
}

function mayMean(backup: Backup, database: Database): boolean {
  const { engine, target, resource } = backup;
  if (engine !== undefined && !sameFamily(engine, database.engine)) return false;
  if (target === undefined) return true;
  const named = database.resource;
  return (
    groupOf(resource.apiVersion) === groupOf(named.apiVersion) &&
    namespacesAgree(resource, named) &&
    (hasPlaceholder(named.name) || fits(target, named.name)) &&
    !failsFor(backup, database)
  );
}

/** Whether a name that is filled in later may become this one: what is known of it stands there in order. */
function fits(target: Fact<string>, name: string): boolean {
  if (target.value !== undefined) return target.value === name;
  const parts = (knownText(target) ?? opaque).split(opaque);
  const first = parts[0] ?? "";
  const last = parts.at(-1) ?? "";
  if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return false;
  let from = first.length;
  for (const part of parts.slice(1, -1)) {
    const at = name.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return from <= name.length - last.length;
}

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
