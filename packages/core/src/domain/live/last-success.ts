import { groupOf, type Kind } from "../../facts/kinds.ts";
import { latest } from "../../kube/ages.ts";
import type { LiveWorld } from "../../kube/live-world.ts";
import type { Resource } from "../../kube/resource.ts";
import { own } from "../../text/own.ts";
import { type Fact, known, unknown } from "../../yaml/fact.ts";
import type { YamlNode } from "../../yaml/node.ts";
import { hiddenText } from "../backup/ledger-words.ts";
import type { LastSuccess, LedgerRow } from "../model/backup-ledger.ts";
import { nameOf } from "../model/names.ts";
import { cnpgRecovery } from "./cnpg-recovery.ts";
import { backupKindOf, finishedBackup, finishedKinds } from "./finished-backups.ts";
import { runsOf } from "./job-runs.ts";
import { conditionOf } from "./live-data.ts";

/** What is looked at: a cluster, and the kinds of which not everything was read. */
export interface LiveView {
  readonly live: LiveWorld;
  readonly unread: ReadonlySet<string>;
}

type Row = Pick<LedgerRow, "method" | "resource" | "store" | "at">;

/** When a backup last succeeded, as far as the cluster says it. What could not be read is unknown, never none. */
export function lastSuccessOf(row: Row, view: LiveView): Fact<LastSuccess> {
  const { resource, method } = row;
  const read = own(readers, `${groupOf(resource.apiVersion)}/${resource.kind}`);
  if (method === "wal-archive") return archiveOf(row, view);
  if (read !== undefined) return read(row, view);
  const kind = own(backupKindOf, resource.kind);
  if (kind !== undefined) return ofRuns(row, kind, view);
  if ((finishedKinds as readonly string[]).includes(resource.kind)) {
    const ended = finishedBackup(resource);
    return ended === undefined ? never(resource) : endedAt(ended.at);
  }
  return ofOwnedJobs(row, view) ?? unknown(row.at, `${resource.kind} does not say when it last succeeded`);
}

const readers: Readonly<Record<string, (row: Row, view: LiveView) => Fact<LastSuccess>>> = {
  "batch/CronJob": ({ resource }, { live }) => {
    const { lastSuccess } = runsOf(resource, live);
    return lastSuccess === undefined ? never(resource) : endedAt(lastSuccess);
  },
  "batch/Job": ({ resource }) => {
    const ended = resource.node.at("status", "completionTime");
    return ended === undefined ? never(resource) : endedAt(ended);
  },
  "postgresql.cnpg.io/ScheduledBackup": ofScheduledBackup,
  "postgresql.cnpg.io/Backup": ({ resource }) => {
    const ended =
      resource.node.text("status", "phase") === "completed" ? resource.node.at("status", "stoppedAt") : undefined;
    return ended === undefined ? never(resource) : endedAt(ended);
  },
  "postgresql.cnpg.io/Cluster": ({ resource, at }, { live, unread }) => {
    const { lastBackup } = cnpgRecovery(resource, live);
    if (lastBackup !== undefined) return endedAt(lastBackup);
    return hiddenAmong(["Backup", "ObjectStore"], at, unread) ?? never(resource);
  },
  "snapshot.storage.k8s.io/VolumeSnapshot": ({ resource }) => {
    const taken = resource.node.at("status", "creationTime") ?? resource.node.at("metadata", "creationTimestamp");
    const isReady = resource.node.boolean("status", "readyToUse") === true;
    return isReady && taken !== undefined ? endedAt(taken) : never(resource);
  },
  "velero.io/Schedule": ofVelero,
  "postgres-operator.crunchydata.com/PostgresCluster": ofPgo,
};

/** Backups that a schedule made say by a label that they are its own; retention deletes the older ones. */
function ofScheduledBackup({ resource, at }: Row, { live, unread }: LiveView): Fact<LastSuccess> {
  const made = live
    .ofKind("Backup")
    .filter((each) => each.namespace === resource.namespace && scheduleOf(each) === resource.name);
  const ended = latest(
    made
      .filter(({ node }) => node.text("status", "phase") === "completed")
      .map(({ node }) => node.at("status", "stoppedAt")),
  );
  if (ended !== undefined) return endedAt(ended);
  const cluster = live.find("Cluster", resource.node.text("spec", "cluster", "name") ?? "", resource.namespace);
  const { lastBackup } = cluster === undefined ? { lastBackup: undefined } : cnpgRecovery(cluster, live);
  if (lastBackup !== undefined) return endedAt(lastBackup);
  return hiddenAmong(["Backup", "Cluster", "ObjectStore"], at, unread) ?? never(resource);
}

/** The schedule that made a single backup, by the label that its operator sets; undefined: somebody made it. */
export function scheduleOf({ labels }: Resource): string | undefined {
  return (
    labels["cnpg.io/scheduled-backup"] ?? labels["velero.io/schedule-name"] ?? labels["percona.com/backup-ancestor"]
  );
}

/** What `unread` calls Velero's backups: operators have kinds of that name too, and other rules ask for those. */
export const veleroBackups = "Backup.velero.io";

/** https://velero.io/docs/main/api-types/backup/; checked in velero's backup_types.go, 2026-05 */
function ofVelero({ resource, at }: Row, { live, unread }: LiveView): Fact<LastSuccess> {
  const made = live
    .ofKind("Backup")
    .filter(
      (each) =>
        groupOf(each.apiVersion) === "velero.io" &&
        each.namespace === resource.namespace &&
        scheduleOf(each) === resource.name,
    );
  const ended = latest(
    made
      .filter(({ node }) => node.text("status", "phase") === "Completed")
      .map(({ node }) => node.at("status", "completionTimestamp")),
  );
  if (ended !== undefined) return endedAt(ended);
  return unread.has(veleroBackups) ? unknown(at, hiddenText(["Backup"])) : never(resource);
}

/** Checked in postgres-operator's pgbackrest_types.go, 2026-08: the time is only there where the backup succeeded. */
function ofPgo({ resource, store }: Row): Fact<LastSuccess> {
  const status = resource.node.at("status", "pgbackrest");
  const runs = [...(status?.at("scheduledBackups")?.items() ?? [])].filter(
    (run) => store === undefined || run.text("repo") === store,
  );
  const ended = latest(runs.map((run) => run.at("completionTime")));
  return ended === undefined ? never(resource) : endedAt(ended);
}

/** Single backups of an operator that are objects of their own. */
function ofRuns({ resource, store, at }: Row, kind: Kind, { live, unread }: LiveView): Fact<LastSuccess> {
  const ended = latest(
    live
      .ofKind(kind)
      .filter((each) => each.namespace === resource.namespace)
      .flatMap((each) => finishedBackup(each) ?? [])
      .filter((each) => each.cluster === resource.name && (store === undefined || (each.store ?? store) === store))
      .map((each) => each.at),
  );
  return ended === undefined ? (hiddenAmong([kind], at, unread) ?? never(resource)) : endedAt(ended);
}

/** Objects whose operator makes a CronJob of them; undefined: it made none, as far as is known. */
function ofOwnedJobs({ resource, at }: Row, { live, unread }: LiveView): Fact<LastSuccess> | undefined {
  const jobs = live.ownedBy(resource).filter(({ kind }) => kind === "CronJob");
  if (jobs.length === 0) return hiddenAmong(["CronJob"], at, unread);
  const ended = latest(jobs.map((job) => runsOf(job, live).lastSuccess));
  return ended === undefined ? never(resource) : endedAt(ended);
}

/** WAL of CloudNativePG: while it archives and has a base backup, nothing older than archive_timeout is missing. */
function archiveOf({ resource, at }: Row, { live, unread }: LiveView): Fact<LastSuccess> {
  const isCnpg = groupOf(resource.apiVersion) === "postgresql.cnpg.io";
  const archiving = isCnpg ? conditionOf(resource, "ContinuousArchiving") : undefined;
  const since = archiving?.status === "False" ? archiving.node.at("lastTransitionTime") : undefined;
  if (archiving === undefined || (archiving.status !== "True" && since === undefined))
    return unknown(archiving?.node ?? at, `${nameOf(resource)} does not say when it last archived`);
  const { first, lastBackup } = cnpgRecovery(resource, live);
  if (first === undefined && lastBackup === undefined)
    return hiddenAmong(["Backup", "ObjectStore"], at, unread) ?? never(resource);
  return since === undefined ? known({ kind: "continuous" }, archiving.node) : endedAt(since);
}

function endedAt(node: YamlNode): Fact<LastSuccess> {
  return known({ kind: "ended", time: node.text() ?? "" }, node);
}

function never({ node }: Resource): Fact<LastSuccess> {
  return known({ kind: "never" }, node.nearest("status"));
}

/** Where the answer may be in what could not be read. */
function hiddenAmong(
  kinds: readonly Kind[],
  at: Row["at"],
  unread: ReadonlySet<string>,
): Fact<LastSuccess> | undefined {
  const hidden = kinds.filter((kind) => unread.has(kind));
  return hidden.length === 0 ? undefined : unknown(at, hiddenText(hidden));
}
