import { longestGap } from "../../kube/cron-gaps.ts";
import type { Resource } from "../../kube/resource.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import { oncePer } from "../../text/once.ts";
import { type Fact, known, unknown } from "../../yaml/fact.ts";
import type { Backup } from "../model/backup.ts";
import type { BackupLedger, LedgerRow, RestoreTest } from "../model/backup-ledger.ts";
import type { Retention, StoreFolder } from "../model/backup-terms.ts";
import type { Database } from "../model/database.ts";
import { identityOf, nameOf } from "../model/names.ts";
import type { Workspace } from "../model/workspace.ts";
import { isWithin } from "../storage/store-folder.ts";
import { isAimless, isHook, mayMean } from "./backup-coverage.ts";
import { faultFor, faultOf } from "./backup-fault.ts";
import { expiryOf } from "./bucket-expiry.ts";
import { keptBy } from "./kept-by.ts";
import { pauseOf } from "./pause.ts";
import { claimsOf } from "./read-backups.ts";
import { restoresIntoUse } from "./restore-into-use.ts";
import { isRecoveryOf, isRestore, isRestorer, markOf, restoreCommands } from "./restore-tests.ts";
import { scheduleGap } from "./schedule-gap.ts";
import { deletionsOf } from "./script-deletions.ts";
import { isSameStore, storePaths } from "./store-paths.ts";
import { toolRunOf } from "./tool-runs.ts";
import { storeOfTool } from "./tool-stores.ts";
import { whereScriptWrites } from "./whereabouts.ts";

/** What all that is in view promises for each durable database; one that several units share stands once. */
export const backupLedgers = oncePer(({ resources, topologies }: Workspace["everything"]): readonly BackupLedger[] => {
  const databases = new Map<string, Database>();
  for (const database of topologies.flatMap((topology) => topology.databases))
    if (
      database.durability === "durable" &&
      holdsData(database) &&
      database.operator?.followsAnother?.(database.resource.node) !== true &&
      !databases.has(identityOf(database))
    )
      databases.set(identityOf(database), database);
  const backups = topologies.flatMap((topology) => topology.backups);
  const tests = restoreTests([...databases.values()], backups, { resources, topologies });
  return [...databases.values()].map((database): BackupLedger => {
    const own = backups.filter((backup) => backup.databases.some((each) => identityOf(each) === identityOf(database)));
    const possible = backups.filter(
      (backup) =>
        !own.includes(backup) &&
        isAimless(backup) &&
        faultOf(backup) === undefined &&
        mayMean(backup, database, resources),
    );
    return {
      database,
      rows: rowsOf(own, possible, database, { resources, topologies }),
      possible: [...new Set(possible.map(({ resource }) => resource))],
      restoreTest: tests(database),
    };
  });
});

/** A server whose data outlives its Pod. */
function holdsData({ operator, dataDirectory }: Database): boolean {
  const source = dataDirectory?.mount?.volume?.source;
  return operator !== undefined || /^(?:claim|claim-template|host-path|nfs)$/.test(source ?? "");
}

/** One row for each method and store of an object: of several schedules the one that comes most often. */
function rowsOf(
  backups: readonly Backup[],
  possible: readonly Backup[],
  database: Database,
  everything: Workspace["everything"],
): readonly LedgerRow[] {
  const { resources } = everything;
  const hasBase = backups.some(
    (backup) =>
      backup.terms?.needsBase !== true && faultFor(backup, database, resources) === undefined && isBase(backup),
  );
  // An object of the operator whose Cluster is filled in later.
  const mayTakeBase = possible.find((backup) => backup.target !== undefined && isBase(backup));
  const hasClusterSchedule = backups.some((backup) => backup.method === "cluster-backup" && !isHook(backup));
  const rows = new Map<string, LedgerRow>();
  for (const backup of backups) {
    const { method, resource, container, terms } = backup;
    if (isHook(backup) && hasClusterSchedule) continue;
    const needsBase = terms?.needsBase === true;
    if (needsBase && method === "volume-snapshot" && backups.some((each) => each !== backup && each.method === method))
      continue;
    const row: LedgerRow = {
      method,
      resource,
      store: terms?.store,
      at: resource.node.nearest("metadata", "name"),
      fault:
        faultFor(backup, database, resources) ??
        (needsBase && !hasBase && mayTakeBase === undefined
          ? { because: "no base backup in view that runs", at: resource.node.nearest("spec") }
          : undefined) ??
        (isHook(backup)
          ? { because: "no Schedule in view backs up its namespace", at: resource.node.nearest("metadata", "name") }
          : undefined),
      part: backup.content?.kind === "partial" ? backup.content.what : undefined,
      recoveryPoint:
        needsBase && !hasBase && mayTakeBase !== undefined
          ? unknown(mayTakeBase.resource.node.nearest("metadata", "name"), noKnownBase(mayTakeBase.resource))
          : (terms?.recoveryPoint ?? scheduleGap(backup)),
      keeps: withExpiry(keptBy(backup, resources, database), backup, resources),
      lies: terms?.lies ?? whereScriptWrites(backup, database, resources),
      deletions: deletionsOf(backup, everything),
    };
    const { file, span } = resource.node;
    const key = `${method} ${file.uri}:${span.start} ${container?.name ?? ""} ${terms?.store ?? ""}`;
    const other = rows.get(key);
    if (other === undefined || isBetter(row, other)) rows.set(key, row);
  }
  return [...rows.values()];
}

/** What a rule of the bucket deletes earlier is not kept. */
function withExpiry(keeps: Fact<Retention>, backup: Backup, resources: ResourceIndex): Fact<Retention> {
  const expiry = expiryOf(backup, resources);
  const { value } = keeps;
  if (expiry === undefined || value?.kind === "copies") return keeps;
  const { seconds, at } = expiry;
  return value?.kind === "time" && value.seconds <= seconds ? keeps : known({ kind: "time", seconds }, at);
}

function noKnownBase(resource: Resource): string {
  return `whether ${nameOf(resource)} takes its base backup is not known`;
}

function isBase({ method }: Backup): boolean {
  return method === "physical" || method === "volume-snapshot" || method === "dump";
}

function isBetter(row: LedgerRow, other: LedgerRow): boolean {
  if ((row.fault === undefined) !== (other.fault === undefined)) return row.fault === undefined;
  return (
    (row.recoveryPoint.value ?? Number.POSITIVE_INFINITY) < (other.recoveryPoint.value ?? Number.POSITIVE_INFINITY)
  );
}

/** Who restores what: each restore in view, and the databases whose backup it proves. */
function restoreTests(
  databases: readonly Database[],
  backups: readonly Backup[],
  { resources, topologies }: Workspace["everything"],
): (database: Database) => Fact<RestoreTest> | undefined {
  const proven = new Map<Database, { readonly test: RestoreTest; readonly resource: Resource }[]>();
  const unlinked: Resource[] = [];
  const objects = resources.ofKind("Backup");
  for (const resource of [...resources].filter(isTest)) {
    const linked = databases.filter((database) => isTestOf(resource, database, backups, objects));
    const isSure = markOf(resource) !== undefined || restoreCommands(resource).some(isRestorer);
    const isTestOn = (database: Database): boolean =>
      markOf(resource) === database.resource.name || !restoresIntoUse(resource, database, topologies);
    const isAimless = linked.length === 0 && isSure && databases.every(isTestOn);
    const meant = isAimless && databases.length === 1 ? databases : linked.filter(isTestOn);
    if (isAimless && meant.length === 0) unlinked.push(resource);
    const schedule = resource.kind === "CronJob" ? resource.node.text("spec", "schedule") : undefined;
    const every = schedule === undefined ? undefined : longestGap(schedule);
    for (const database of meant)
      proven.set(database, [...(proven.get(database) ?? []), { test: { resource, every }, resource }]);
  }
  return (database) => {
    const often = (proven.get(database) ?? []).sort(
      (a, b) => (a.test.every ?? Number.POSITIVE_INFINITY) - (b.test.every ?? Number.POSITIVE_INFINITY),
    );
    const [best] = often;
    if (best !== undefined) return known(best.test, best.resource.node.nearest("metadata", "name"));
    const [other] = unlinked;
    return other === undefined
      ? undefined
      : unknown(
          other.node.nearest("metadata", "name"),
          `of which database ${nameOf(other)} restores a backup is not known`,
        );
  };
}

/** A Job, a schedule of Jobs that runs, or a cluster made from a backup; what restores at the start of a server proves nothing later. */
function isTest(resource: Resource): boolean {
  if (resource.isPartial || !isRestore(resource)) return false;
  if (resource.workload === undefined) return true;
  return (resource.kind === "Job" || resource.kind === "CronJob") && pauseOf(resource) === undefined;
}

function isTestOf(
  resource: Resource,
  database: Database,
  backups: readonly Backup[],
  objects: readonly Resource[],
): boolean {
  if (markOf(resource) === database.resource.name) return true;
  if (resource.workload === undefined) return isRecoveryOf(resource, database.resource, objects);
  const own = backups.filter((backup) => backup.databases.some((each) => identityOf(each) === identityOf(database)));
  const claims = new Set(own.flatMap(({ container }) => claimNames(container?.workload.volumes ?? [])));
  for (const claim of claimsOf(database)) claims.delete(claim);
  if (claimNames(resource.workload.volumes).some((name) => claims.has(name))) return true;
  const tools = own.flatMap((backup) => {
    const run = toolRunOf(backup, database);
    return backup.terms?.folder ?? (run && storeOfTool(run.command, run.container)?.folder) ?? [];
  });
  if (
    foldersRestored(resource).some((folder) => tools.some((each) => isWithin(folder, each) || isWithin(each, folder)))
  )
    return true;
  const written = own.flatMap(({ container }) => (container === undefined ? [] : storePaths([container])));
  return storePaths(resource.workload.containers).some((path) => written.some((each) => isSameStore(path, each)));
}

/** The stores from which the tools of a Job restore: `wal-g backup-fetch` with its prefix. */
function foldersRestored(resource: Resource): readonly StoreFolder[] {
  const commands = new Set(restoreCommands(resource));
  return (resource.workload?.containers ?? []).flatMap((container) =>
    container.commands.flatMap((command) =>
      commands.has(command) ? (storeOfTool(command, container)?.folder ?? []) : [],
    ),
  );
}

function claimNames(
  volumes: readonly { readonly source: string; readonly sourceName: string | undefined }[],
): string[] {
  return volumes.flatMap(({ source, sourceName }) =>
    source === "claim" && sourceName !== undefined ? [sourceName] : [],
  );
}
