import { type Change, leaving, leavingFrom, type Side, sideOf } from "../../change/change.ts";
import { backupsOf, standingOf } from "../../change/running-backups.ts";
import { methodWord, timeWord } from "../../domain/backup/ledger-words.ts";
import { scheduleGap } from "../../domain/backup/schedule-gap.ts";
import type { Backup } from "../../domain/model/backup.ts";
import type { Database } from "../../domain/model/database.ts";
import { nameOf } from "../../domain/model/names.ts";
import type { Workspace } from "../../domain/model/workspace.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { defineRule, type Report } from "../../rule/rule.ts";
import { listed } from "../../text/listed.ts";
import { keyOf, type YamlNode } from "../../yaml/node.ts";

/** Fields of operators' resources that say how long backups are kept. */
const retentions: readonly (readonly string[])[] = [
  ["spec", "backup", "retentionPolicy"],
  ["spec", "retentionPolicy"],
  ["spec", "maxRetention"],
  ["spec", "ttl"],
  ["spec", "template", "ttl"],
];

/** Fields that say where backups go. */
const destinations: readonly (readonly string[])[] = [
  ["spec", "backup", "barmanObjectStore", "destinationPath"],
  ["spec", "backup", "barmanObjectStore", "serverName"],
  ["spec", "configuration", "destinationPath"],
  ["spec", "storage", "s3", "bucket"],
  ["spec", "storageLocation"],
  ["spec", "template", "storageLocation"],
];

export default defineRule({
  id: "backup-weakened",
  subject: "change",
  meta: {
    summary: "Backups come less often, are kept for a shorter time, or go to another place.",
    rationale:
      "A restore loses what was written since the last backup. With a shorter retention the next run deletes what is older. A new bucket, path or server name begins a new chain: a restore to an earlier point needs the old place, which nothing expires or watches any more.",
    remedy:
      "Keep the schedule, unless losing that much is acceptable. Of another place or a shorter retention, write down where the old chain is and until when it is kept; take a full backup right after the change.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://cloudnative-pg.io/plugin-barman-cloud/docs/retention/",
      "https://cloudnative-pg.io/documentation/current/recovery/",
    ],
    quietWhen:
      "another backup of the database comes as often, its WAL or binlog is archived, a value is filled in later, or its unit is not known.",
  },
  check(change, { report }) {
    const { before, after, isRenamed } = change;
    for (const each of coarser(change)) report(each);
    if (before === undefined || after === undefined || isRenamed) return;
    for (const each of rarer(before, after)) report(each);
    if (!isOfBackups(after.resource.kind, after.database?.operator !== undefined)) return;
    const pairs = (paths: readonly (readonly string[])[]): readonly (readonly [YamlNode, YamlNode])[] =>
      paths.flatMap((path) => {
        const [old, young] = [before, after].map(({ resource }) => resource.node.at(...path));
        return old === undefined || young === undefined ? [] : [[old, young] as const];
      });
    for (const [old, young] of pairs(retentions)) {
      const [from, to] = [daysOf(old), daysOf(young)];
      if (from === undefined || to === undefined || to >= from) continue;
      report({
        message: `${nameOf(after.resource)} keeps backups for ${young.text()}, where it was ${old.text()}: the next run deletes what is older.`,
        at: young,
        related: [{ message: "was", at: old }],
      });
    }
    for (const [old, young] of pairs(destinations)) {
      const [from, to] = [old.text() ?? "", young.text() ?? ""];
      if (from === to || hasPlaceholder(`${from} ${to}`)) continue;
      report({
        message: `Backups of ${nameOf(after.resource)} go to another place (${young.yamlPath.at(-1)}): a new chain begins, and a restore to an earlier point needs the old one.`,
        at: young,
        related: [{ message: "was", at: old }],
      });
    }
  },
});

/** Databases whose backup by this object comes less often, and no other one as often as before. */
function rarer(before: Side, after: Side): readonly Report[] {
  const [old, young] = [before, after].map(({ resource, workspace }) =>
    workspace.topology.backups.find((backup) => backup.resource === resource && backup.schedule !== undefined),
  );
  if (old?.schedule?.value === undefined || young?.schedule?.value === undefined) return [];
  const [from, to] = [old, young].map((backup) => scheduleGap(backup).value);
  // Another hour of the day shifts the gaps of an uneven schedule.
  if (from === undefined || to === undefined || to < from * 1.5) return [];
  const isAsOften = (database: Database): boolean =>
    backupsOf(database, after.workspace).some(
      ({ backup, fault }) =>
        fault === undefined &&
        (backup.terms?.recoveryPoint?.value ?? scheduleGap(backup).value ?? Number.POSITIVE_INFINITY) <= from,
    );
  const rare = young.databases.filter((database) => database.durability === "durable" && !isAsOften(database));
  return rare.length === 0
    ? []
    : [
        {
          message: `${nameOf(after.resource)} comes at "${young.schedule.value}", where it was "${old.schedule.value}": a restore of ${listed(rare.map(({ resource }) => nameOf(resource)))} loses up to ${timeWord(to)}, and not ${timeWord(from)}.`,
          at: young.schedule.at,
          related: [{ message: "was", at: old.schedule.at }],
        },
      ];
}

/** Databases that lose their most frequent backup with this object, and keep one that comes less often. */
function coarser(change: Change): readonly Report[] {
  const { before, after, isRenamed, among } = change;
  if (before === undefined || isRenamed) return [];
  const own = before.workspace.topology.backups.filter(({ resource }) => resource === before.resource);
  const ownNow = after?.workspace.topology.backups.filter(({ resource }) => resource === after.resource) ?? [];
  // One that is still there is compared by its schedule.
  if (own.length === 0 || ownNow.some(({ method }) => own.some((each) => each.method === method))) return [];
  return [...new Set(own.flatMap(({ databases }) => databases))].flatMap((database): readonly Report[] => {
    const now = database.resource === before.resource ? after : among.otherSideOf(database.resource);
    if (database.durability !== "durable" || now?.database === undefined || now.resource.isUnsettled) return [];
    const was = pointsOf(database, before.workspace, (backup) => own.includes(backup));
    const is = pointsOf(now.database, now.workspace);
    const [from, to] = [was, is].map((points) => (points.length === 0 ? undefined : Math.min(...points)));
    const isKnown = ![...was, ...is].includes(Number.NaN);
    if (from === undefined || to === undefined || !isKnown || to < from * 1.5) return [];
    const name = nameOf(sideOf(change).resource);
    const isStream = own.every(({ method }) => method === "wal-archive");
    const what =
      after === undefined
        ? leaving(change, `${name} is removed`)
        : isStream
          ? `${name} no longer archives its ${methodWord("wal-archive", database.engine)}`
          : `${name} takes no backup any more`;
    return [
      {
        message: `${what}: a restore of ${nameOf(database.resource)} loses up to ${timeWord(to)}, and not ${timeWord(from)}.`,
        at: keyOf(sideOf(change).resource.node.nearest("metadata", "name")),
        related: leavingFrom(change),
      },
    ];
  });
}

/** What a restore from each of the backups that run may lose, in seconds; NaN: not known. */
function pointsOf(
  database: Database,
  workspace: Workspace,
  isCounted: (backup: Backup) => boolean = () => true,
): readonly number[] {
  const running = backupsOf(database, workspace).flatMap(({ backup, fault }) => (fault === undefined ? [backup] : []));
  if (standingOf(running) !== "restorable") return [];
  return running
    .filter(isCounted)
    .map((backup) => backup.terms?.recoveryPoint?.value ?? scheduleGap(backup).value ?? Number.NaN);
}

function isOfBackups(kind: string, isCluster: boolean): boolean {
  return isCluster || /^(ObjectStore|Backup|PhysicalBackup|ScheduledBackup|Schedule)$/.test(kind);
}

const days: Readonly<Record<string, number>> = { h: 1 / 24, d: 1, w: 7, m: 30 };

/** `30d`, `4w`, `720h0m0s` in days; undefined: another unit. */
function daysOf(node: YamlNode): number | undefined {
  const match = /^(\d{1,6})([hdwm])(?:0m)?(?:0s)?$/.exec(node.text() ?? "");
  const unit = days[match?.[2] ?? ""];
  return match === null || unit === undefined ? undefined : Number(match[1]) * unit;
}
