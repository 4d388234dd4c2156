import { type Expiry, expiriesIn, expiryOf } from "../../domain/backup/bucket-expiry.ts";
import { keptBy } from "../../domain/backup/kept-by.ts";
import { scheduleGap } from "../../domain/backup/schedule-gap.ts";
import type { Backup } from "../../domain/model/backup.ts";
import { nameOf } from "../../domain/model/names.ts";
import { linesOf } from "../../embedded/command.ts";
import { formatSeconds } from "../../kube/duration.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import { defineRule } from "../../rule/rule.ts";
import { isIn, type Pattern } from "../../text/scan.ts";

export default defineRule({
  id: "bucket-expires-backups",
  subject: "resource",
  kinds: ["Bucket", "BucketLifecycleConfiguration", "StorageBucket", "Job", "CronJob", "Deployment", "Pod"],
  meta: {
    summary: "A bucket deletes backups before their own retention does.",
    rationale:
      "A lifecycle rule deletes by age and knows nothing of backups: the files of a base backup, the WAL after it, the packs that the newest restic snapshot shares with the oldest. The backup tool still lists what is gone, and the restore is what finds out. The rule is a safety net only when it deletes later than the tool.",
    remedy:
      "Let the rule delete some days after the retention of the backup tool, and never in a repository of restic or kopia.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "folder",
    references: [
      "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/#s3-lifecycle-policy",
      "https://github.com/pgbackrest/pgbackrest/pull/1855",
    ],
    quietWhen:
      "the rule deletes later than the backups expire, is only for some tags, sizes or old versions, or the bucket of a backup is not known.",
  },
  check(resource, { workspace: { everything }, report }) {
    const own = expiriesIn(everything.resources).filter((expiry) => expiry.resource === resource);
    if (own.length === 0) return;
    const backups = everything.topologies.flatMap((topology) => topology.backups);
    for (const expiry of own) {
      const harm = backups
        .filter((backup) => expiryOf(backup, everything.resources) === expiry)
        .map((backup) => harmTo(backup, expiry, everything.resources))
        .find((text) => text !== undefined);
      if (harm === undefined) continue;
      report({
        message: `Bucket ${expiry.folder.bucket} deletes ${expiry.folder.prefix === "" ? "objects" : `what is in ${expiry.folder.prefix}`} after ${formatSeconds(expiry.seconds)}, but ${harm}.`,
        at: expiry.at,
      });
    }
  },
});

/** What a rule does to a backup in its folder; undefined: it deletes what the backup tool has deleted, or nothing shows that it does not. */
function harmTo(backup: Backup, { seconds }: Expiry, resources: ResourceIndex): string | undefined {
  const name = nameOf(backup.resource);
  if (sharesFiles(backup))
    return `${name} keeps a repository there whose new backups use old files: none of them can be restored then`;
  const kept = keptBy(backup, resources).value;
  const gap = backup.method === "wal-archive" ? undefined : (backup.terms?.recoveryPoint ?? scheduleGap(backup)).value;
  if (gap !== undefined && gap > seconds)
    return `${name} runs only every ${formatSeconds(gap)}: for ${formatSeconds(gap - seconds)} there is no backup`;
  const reach =
    kept?.kind === "time"
      ? kept.seconds
      : kept?.kind === "copies"
        ? kept.copies * (kept.every ?? gap ?? Number.NaN)
        : undefined;
  if (reach === undefined || !(reach > seconds)) return undefined;
  return `${name} keeps backups for ${formatSeconds(reach)}: it lists older ones, and they cannot be restored`;
}

const sharing: Pattern = [/\b(?:restic|kopia)\b/, / (?:backup|snapshot)\b/];

/** restic and kopia, which store each piece of a file once: K8up runs restic. */
function sharesFiles({ resource, container }: Backup): boolean {
  if (resource.kind === "Schedule") return resource.apiVersion.startsWith("k8up.io/");
  const commands = (container?.workload.containers ?? []).flatMap((each) => each.commands);
  return linesOf(commands).some((line) => isIn(line, sharing));
}
