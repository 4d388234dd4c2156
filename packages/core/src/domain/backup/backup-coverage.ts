import { groupOf } from "../../facts/kinds.ts";
import { namespacesAgree } from "../../kube/namespace.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import { oncePer } from "../../text/once.ts";
import { type Fact, knownText, opaque } from "../../yaml/fact.ts";
import type { Backup } from "../model/backup.ts";
import type { BackupFault } from "../model/backup-terms.ts";
import type { Database } from "../model/database.ts";
import { identityOf } from "../model/names.ts";
import type { Workspace } from "../model/workspace.ts";
import { faultFor, faultOf } from "./backup-fault.ts";
import { longhornTakes } from "./claim-copies.ts";
import { mayBackUp, takesBackups } from "./cluster-schedules.ts";
import { mayLeadTo } from "./command-hosts.ts";
import { sameFamily } from "./dump-engine.ts";
import { pauseOf } from "./pause.ts";
import { isRestore } from "./restore-tests.ts";

/** A backup that takes nothing. */
export interface IdleBackup extends BackupFault {
  readonly resource: Resource;
}

/** What all units together back up and restore. */
export interface BackupCoverage {
  /** A backup that can run takes it. */
  covers(database: Database): boolean;
  /** A backup whose target is not in view may be meant for it. */
  mayCover(database: Database): boolean;
  /** Backups of it that cannot run, and why. */
  idle(database: Database): readonly IdleBackup[];
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
  const running = backups.filter((backup) => faultOf(backup) === undefined && !isArchiveAlone(backup));
  const covered = new Set(
    running.flatMap((backup) =>
      backup.databases
        .filter((database) => faultFor(backup, database, everything.resources) === undefined)
        .map(identityOf),
    ),
  );
  const aimless = running.filter(isAimless);
  const schedules = everything.resources
    .ofKind("Schedule")
    .filter((schedule) => pauseOf(schedule) === undefined && takesBackups(schedule));
  const recurring = everything.resources.ofKind("RecurringJob");
  let hasRestore: boolean | undefined;
  return {
    covers: (database) =>
      covered.has(identityOf(database)) ||
      schedules.some((schedule) => mayBackUp(schedule, database)) ||
      recurring.some((job) => longhornTakes(job, database, everything.resources)),
    mayCover: (database) => aimless.some((backup) => mayMean(backup, database, everything.resources)),
    idle: (database) =>
      backups
        .filter((backup) => backup.databases.some((each) => identityOf(each) === identityOf(database)))
        .flatMap((backup) => {
          const found = faultFor(backup, database, everything.resources);
          return found === undefined ? [] : [{ ...found, resource: backup.resource }];
        }),
    hasBackups: backups.length > 0,
    get hasRestore() {
      hasRestore ??= [...everything.resources].some(isRestore);
      return hasRestore;
    },
  };
});

/** The WAL that a server archives by a command: it restores nothing without the base backup that another object takes. */
function isArchiveAlone({ method, resource }: Backup): boolean {
  return method === "wal-archive" && resource.workload !== undefined;
}

/** These name objects, claims, labels or namespaces: which databases those are is known. */
const aimedKinds = /^(?:VolumeSnapshot|Schedule|ReplicationSource|RecurringJob|BackupConfiguration|BackupBatch)$/;

/** Whether what a backup takes, or a part of it, is not in view. */
export function isAimless(backup: Backup): boolean {
  const isOpen = backup.databases.length === 0 || (backup.openHosts?.length ?? 0) > 0;
  return isOpen && !aimedKinds.test(backup.resource.kind) && !isHook(backup);
}

/** A command for a cluster backup in the annotations of a workload, which only a Schedule runs. */
export function isHook({ method, resource }: Backup): boolean {
  return method === "cluster-backup" && resource.workload !== undefined;
}

/** Whether a backup whose target is not in view may be meant for a database. */
export function mayMean(backup: Backup, database: Database, resources: ResourceIndex): boolean {
  const { engine, target, resource } = backup;
  if (engine !== undefined && !sameFamily(engine, database.engine)) return false;
  if (backup.isUnseen === true && !namespacesAgree(resource, database.resource)) return false;
  if (target === undefined) {
    const open = backup.openHosts ?? [];
    return (open.length > 0 ? open : [backup.hosts]).some((hosts) => mayLeadTo(hosts, database.resource));
  }
  const named = database.resource;
  return (
    groupOf(resource.apiVersion) === groupOf(named.apiVersion) &&
    namespacesAgree(resource, named) &&
    (hasPlaceholder(named.name) || fits(target, named.name)) &&
    faultFor(backup, database, resources) === undefined
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
