import type { Database } from "../../domain/database.ts";
import { nameOf, serverName } from "../../domain/names.ts";
import { claimsOf } from "../../domain/read-backups.ts";
import type { Topology } from "../../domain/topology.ts";
import { writtenLine } from "../../embedded/command.ts";
import type { Engine } from "../../facts/engines.ts";
import { namespacesAgree } from "../../kube/namespace.ts";
import type { Workload } from "../../kube/workload.ts";
import { defineRule } from "../../rule/rule.ts";
import type { Place } from "../../yaml/node.ts";

export default defineRule({
  id: "backup-copies-running-data",
  subject: "workload",
  meta: {
    summary: "A backup copies the files of a running server.",
    rationale:
      "The server writes while tar reads: pages of different moments end in one archive, and it is restored as a damaged database, or without tables. Nothing fails until then. Hooks cannot help with `pg_backup_start`, which ends with its session.",
    remedy:
      "Dump (`pg_dump`, `mysqldump --single-transaction`), or use a tool of the server's own: pg_basebackup, pgBackRest, WAL-G, mariadb-backup, xtrabackup, a volume snapshot.",
    severity: "error",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://www.postgresql.org/docs/current/backup-file.html",
      "https://github.com/velero-io/velero/issues/7496",
    ],
    quietWhen:
      "the script dumps, stops or locks the server first, a dump hook is annotated, it reads another directory, or the server is Redis, whose snapshot file is complete at any time.",
  },
  check(workload, { workspace, report }) {
    const { resource } = workload;
    if (resource.isPatched) return;
    const { topology } = workspace;
    const found = resource.kind === "CronJob" ? copying(workload, topology) : annotated(workload, topology);
    if (found === undefined) return;
    const { database, by, at } = found;
    report({
      message: `${by} copies the files of ${serverName(database)} of ${nameOf(database.resource)} while it writes them: the copy restores to a damaged database.`,
      at,
      ...(resource.kind === "CronJob" ? {} : { severity: "warning" as const }),
      related: [{ message: "the database", at: database.resource.node.nearest("metadata", "name") }],
    });
  },
});

interface Copy {
  readonly database: Database;
  readonly by: string;
  readonly at: Place;
}

const fragile: ReadonlySet<Engine> = new Set(["postgresql", "mysql", "mariadb", "mongodb"]);
const copies = /^(\S*\/)?(tar|cp|rsync|zip|restic\s+.*backup|borg\s+create|rclone\s+(copy|sync)|kopia\s+snapshot)\b/;
const prepares =
  /\b(pg_dump|pg_dumpall|pg_basebackup|pg_backup_start|pg_start_backup|mysqldump|mariadb-dump|mariadb-backup|mariabackup|xtrabackup|mongodump|fsyncLock|FLUSH\s+TABLES|kubectl\s+.*scale|pg_ctl\s+.*stop|wal-g|pgbackrest)\b/i;

/** A CronJob that mounts the data claim and archives it. */
function copying(workload: Workload, { databases }: Topology): Copy | undefined {
  const claims = workload.volumes.filter((volume) => volume.source === "claim");
  if (claims.length === 0) return undefined;
  const lines = workload.containers.flatMap(({ commands }) => commands.map(writtenLine));
  if (lines.some((line) => prepares.test(line)) || !workload.containers.every((each) => each.commandsAreComplete))
    return undefined;
  for (const volume of claims) {
    const database = databases.find(
      (each) =>
        fragile.has(each.engine) &&
        namespacesAgree(each.resource, workload.resource) &&
        isDataClaim(each, volume.sourceName ?? ""),
    );
    if (database === undefined) continue;
    for (const container of workload.containers) {
      const paths = container.mounts.filter((mount) => mount.volume === volume).map(({ mountPath }) => mountPath);
      const command = container.commands.find((each) => {
        const line = writtenLine(each);
        return copies.test(line) && paths.some((path) => line.includes(path.replace(/\/+$/, "")));
      });
      const [word] = command?.words ?? [];
      if (word !== undefined) return { database, by: `${nameOf(workload.resource)} (${word.text ?? "tar"})`, at: word };
    }
  }
  return undefined;
}

function isDataClaim(database: Database, claim: string): boolean {
  const data = database.dataDirectory?.mount?.volume;
  if (data === undefined || database.durability !== "durable") return false;
  return data.source === "claim"
    ? data.sourceName === claim
    : data.source === "claim-template" && claim.startsWith(`${data.name}-`) && claimsOf(database).has(claim);
}

const veleroVolumes = "backup.velero.io/backup-volumes";
const veleroHook = "pre.hook.backup.velero.io/command";

/** Velero's file copy of a database's own volume, without a hook that dumps. */
function annotated(workload: Workload, topology: Topology): Copy | undefined {
  const written = workload.template.at("metadata", "annotations", veleroVolumes);
  if (written === undefined || workload.podAnnotations[veleroHook] !== undefined) return undefined;
  const database = topology.databaseOf(workload);
  const volume = database?.dataDirectory?.mount?.name;
  if (database === undefined || volume === undefined || !fragile.has(database.engine)) return undefined;
  if (database.durability !== "durable" || !(written.text() ?? "").split(",").some((name) => name.trim() === volume))
    return undefined;
  return { database, by: "Velero", at: written };
}
