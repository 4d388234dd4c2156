import { type SizedBackup, seriesOf, sizedKinds, sizeText } from "../../domain/live/backup-sizes.ts";
import { nameOf } from "../../domain/model/names.ts";
import { timeText } from "../../kube/ages.ts";
import type { LiveWorld } from "../../kube/live-world.ts";
import { defineRule } from "../../rule/rule.ts";
import { oncePer } from "../../text/once.ts";

/** So many earlier ones show what is usual. */
const enough = 3;

export default defineRule({
  id: "backup-shrank",
  subject: "live",
  kinds: sizedKinds,
  meta: {
    summary: "The newest backup is much smaller than those before it.",
    rationale:
      "A backup that holds nothing ends as well as one that holds everything: a database that was dropped, a replica that is empty, a dump of the wrong server. Its size is the first thing that tells, and old backups go by their retention while nobody looks.",
    remedy:
      "Restore the newest backup elsewhere and count rows before the older ones expire. If data was deleted on purpose, there is nothing to do.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "cluster",
    references: [
      "https://github.com/percona/percona-server-mongodb-operator/blob/main/pkg/apis/psmdb/v1/perconaservermongodbbackup_types.go",
      "https://docs.percona.com/percona-operator-for-postgresql/latest/backups.html",
    ],
    quietWhen:
      "fewer than three earlier backups of the same cluster, storage and type have a size. CloudNativePG, mariadb-operator and Percona's operators for MySQL write no sizes.",
  },
  check(resource, { workspace: { live }, report }) {
    if (live === undefined) return;
    const series = newestIn(live).get(resource);
    const newest = series?.at(-1);
    const earlier = series?.slice(0, -1) ?? [];
    if (newest === undefined || earlier.length < enough) return;
    const usual = medianOf(earlier);
    if (newest.bytes >= usual / 2) return;
    const sizes = earlier.map(({ bytes }) => bytes);
    report({
      message: `${nameOf(resource)} of ${timeText(newest.ended)} is ${sizeText(newest.bytes)}; the ${earlier.length} before it were ${rangeText(Math.min(...sizes), Math.max(...sizes))}.`,
      at: newest.at,
    });
  },
});

/** Series by their newest backup. */
const newestIn = oncePer(
  (live: LiveWorld) => new Map([...seriesOf(live).values()].map((series) => [series.at(-1)?.resource, series])),
);

function medianOf(backups: readonly SizedBackup[]): number {
  const sizes = backups.map(({ bytes }) => bytes).sort((a, b) => a - b);
  return sizes[Math.floor(sizes.length / 2)] ?? 0;
}

function rangeText(least: number, most: number): string {
  const [from, to] = [sizeText(least), sizeText(most)];
  return from === to ? from : `${from} to ${to}`;
}
