import { nameOf } from "../../domain/model/names.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { defineRule } from "../../rule/rule.ts";
import type { YamlNode } from "../../yaml/node.ts";

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
    summary: "Backups are kept for a shorter time, or go to another place.",
    rationale:
      "With a shorter retention the next run deletes what is older. A new bucket, path or server name begins a new chain: a restore to an earlier point needs the old place, which nothing expires or watches any more.",
    remedy: "Write down where the old chain is and until when it is kept; take a full backup right after the change.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://cloudnative-pg.io/plugin-barman-cloud/docs/retention/",
      "https://cloudnative-pg.io/documentation/current/recovery/",
    ],
    quietWhen: "a value is filled in later, or its unit is not known.",
  },
  check({ before, after, isRenamed }, { report }) {
    if (before === undefined || after === undefined || isRenamed) return;
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
