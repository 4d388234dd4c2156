import { backupCoverage, type IdleBackup } from "../../domain/backup/backup-coverage.ts";
import type { Database } from "../../domain/model/database.ts";
import { nameOf } from "../../domain/model/names.ts";
import type { Engine } from "../../facts/engines.ts";
import { backupKinds } from "../../facts/kinds.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "database-without-backup",
  subject: "workspace",
  meta: {
    summary: "No backup of a database is in view.",
    rationale:
      "Replication copies mistakes too. A schedule that is suspended, refused or asks for a method that its Cluster lacks takes no backup. Backups may be defined in another repository, so this stays a single info until the configuration says `backups: here` or this repository backs up other databases.",
    remedy:
      "If another repository defines the backups, write `backups: elsewhere` in `.dbops.yaml`. Else add a backup and test restoring it (`kubectl dbops explain backup-without-restore-test`).",
    severity: "info",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "folder",
    misses: backupKinds,
    references: ["https://www.postgresql.org/docs/current/backup.html"],
    quietWhen:
      "the configuration says `backups: elsewhere`, the data is declared a cache or ephemeral, a Cluster follows another one (its backups are that one's), a cluster backup (Velero, K8up) takes its namespace, or a backup whose target is not known may be the database's.",
  },
  check(workspace, { report, isOff }) {
    if (workspace.backupsAre === "elsewhere") return;
    const durable = workspace.topology.databases.filter(
      (database) =>
        database.durability === "durable" &&
        !database.resource.isUnsettled &&
        !isOff(database.resource) &&
        database.operator?.followsAnother?.(database.resource.node) !== true &&
        restorable.has(database.engine) &&
        holdsData(database),
    );
    const [first] = durable;
    if (first === undefined) return;
    const coverage = backupCoverage(workspace);
    // By name, so that the finding stays where it is when documents move.
    const missing = durable
      .filter((database) => !coverage.covers(database) && !coverage.mayCover(database))
      .sort((a, b) => compareText(nameOf(a.resource), nameOf(b.resource)));
    const [shown] = missing;
    if (shown === undefined) return;
    // Two files that write one object are variants of one database.
    const names = [...new Set(missing.map((database) => nameOf(database.resource)))];
    const count = new Set(durable.map((database) => nameOf(database.resource))).size;
    const [idle] = count === 1 ? missing.flatMap((database) => coverage.idle(database)) : [];
    report({
      message:
        count === 1
          ? `${names[0]} has no backup in view${idle === undefined ? "" : ` that runs: ${why(idle, shown)}`}.`
          : `No backup in view for ${names.length === count ? `${count}` : `${names.length} of ${count}`} databases: ${names.slice(0, 4).join(", ")}${names.length > 4 ? ", …" : ""}.`,
      at: shown.resource.node.nearest("metadata", "name"),
      subject: shown.resource,
      related: missing.slice(1, 4).map((database) => ({
        message: nameOf(database.resource),
        at: database.resource.node.nearest("metadata", "name"),
      })),
      ...(coverage.hasBackups || workspace.backupsAre === "here" ? { severity: "warning" as const } : {}),
    });
  },
});

/** `CronJob dump takes none (it is suspended)`; of a cluster's own backups only the reason. */
function why({ resource, because }: IdleBackup, database: Database): string {
  return resource.name === database.resource.name && resource.kind === database.resource.kind
    ? because
    : `${nameOf(resource)} takes none (${because})`;
}

const restorable: ReadonlySet<Engine> = new Set(["postgresql", "mysql", "mariadb", "mongodb"]);

function holdsData(database: Database): boolean {
  const source = database.dataDirectory?.mount?.volume?.source;
  return (
    database.operator !== undefined ||
    source === "claim" ||
    source === "claim-template" ||
    source === "host-path" ||
    source === "nfs"
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
