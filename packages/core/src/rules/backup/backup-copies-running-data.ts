import { claimsOf } from "../../domain/backup/read-backups.ts";
import type { Database } from "../../domain/model/database.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import type { Topology } from "../../domain/model/topology.ts";
import { linesOf, type Word, writtenLine } from "../../embedded/command.ts";
import type { Engine } from "../../facts/engines.ts";
import type { Container, VolumeMount } from "../../kube/container.ts";
import { namespacesAgree } from "../../kube/namespace.ts";
import type { Workload } from "../../kube/workload.ts";
import { defineRule } from "../../rule/rule.ts";
import { isAnyIn, type Pattern } from "../../text/scan.ts";
import type { Place } from "../../yaml/node.ts";

export default defineRule({
  id: "backup-copies-running-data",
  subject: "workload",
  meta: {
    summary: "A backup copies the files of a running server.",
    rationale:
      "The server writes while tar reads: pages from different moments end up in one archive, which restores as a damaged database, or without tables. Nothing fails until then. A hook cannot use `pg_backup_start`, because it ends with its session.",
    remedy:
      "Dump (`pg_dump`, `mysqldump --single-transaction`), or use a tool made for the server: pg_basebackup, pgBackRest, WAL-G, mariadb-backup, xtrabackup, a volume snapshot.",
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
      "the script dumps, stops or locks the server first, an annotation runs a dump hook, it reads another directory, or the server is Redis, whose snapshot file is always complete.",
  },
  check(workload, { workspace, report }) {
    const { resource } = workload;
    const { topology } = workspace;
    const found = resource.kind === "CronJob" ? copying(workload, topology) : annotated(workload, topology);
    if (found === undefined) return;
    const { database, by, at } = found;
    report({
      message: `${by} copies the files of ${serverName(database)} of ${nameOf(database.resource)} while the server writes them: the copy restores as a damaged database.`,
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
const copies: readonly Pattern[] = [
  /^(?:\S*\/)?(?:tar|cp|rsync|zip|borg\s+create|rclone\s+(?:copy|sync)|kopia\s+snapshot)\b/,
  [/^(?:\S*\/)?restic\s/, /backup\b/],
];
const prepares: readonly Pattern[] = [
  /\b(?:pg_dump|pg_dumpall|pg_basebackup|pg_backup_start|pg_start_backup|mysqldump|mariadb-dump|mariadb-backup|mariabackup|xtrabackup|mongodump|fsyncLock|FLUSH\s+TABLES|wal-g|pgbackrest)\b/i,
  [/\bkubectl\s/i, /scale\b/i],
  [/\bpg_ctl\s/i, /stop\b/i],
];

/** A CronJob that mounts the data claim and archives it. */
function copying(workload: Workload, { databases }: Topology): Copy | undefined {
  const claims = workload.volumes.filter((volume) => volume.source === "claim");
  if (claims.length === 0) return undefined;
  const lines = workload.containers.flatMap(({ commands }) => linesOf(commands));
  if (lines.some((line) => isAnyIn(line, prepares)) || !workload.containers.every((each) => each.commandsAreComplete))
    return undefined;
  for (const volume of claims) {
    const database = databases.find(
      (each) =>
        fragile.has(each.engine) &&
        namespacesAgree(each.resource, workload.resource) &&
        isDataClaim(each, volume.sourceName ?? ""),
    );
    if (database === undefined) continue;
    for (const container of workload.containers)
      for (const mount of container.mounts) {
        const path = mount.volume === volume ? pathOfData(database, mount) : undefined;
        const copy = path === undefined ? undefined : copyOf(path, container);
        if (copy !== undefined)
          return { database, by: `${nameOf(workload.resource)} (${copy.program})`, at: copy.word };
      }
  }
  return undefined;
}

/** Where the data directory lies in a container that mounts its claim; undefined: the mount leads past it. */
function pathOfData({ dataDirectory }: Database, mount: VolumeMount): string | undefined {
  const own = dataDirectory?.mount;
  const data = dataDirectory?.path.value ?? own?.mountPath;
  if (own === undefined || data === undefined) return undefined;
  const inClaim = join(own.subPath ?? "", data.slice(own.mountPath.length));
  const root = join(mount.subPath ?? "");
  if (root !== "" && inClaim !== root && !inClaim.startsWith(`${root}/`)) return undefined;
  return `/${join(mount.mountPath, inClaim.slice(root.length))}`;
}

function join(...parts: readonly string[]): string {
  return parts.flatMap((part) => part.split("/").filter((name) => name !== "" && name !== ".")).join("/");
}

const extracts: readonly Pattern[] = [
  /^(?:\S*\/)?tar\s+-?[a-wyzA-Z]*x[a-zA-Z]*\s/,
  [/^(?:\S*\/)?tar\s/, /\s-x|--(?:extract|get)\b/],
];

/** The program and first word of a command that copies a directory, or one above it. */
function copyOf(
  directory: string,
  container: Container,
): { readonly word: Word; readonly program: string } | undefined {
  let where = container.node.string("workingDir") ?? "/";
  const tool = container.overridesEntrypoint
    ? undefined
    : /(restic|rclone|kopia)$/.exec(container.image?.name ?? "")?.[1];
  for (const command of container.commands) {
    const words = command.words.map((word) => word.text ?? word.raw);
    const line = `${tool === undefined ? "" : `${tool} `}${writtenLine(command)}`;
    if (words[0] === "cd") where = absolute(words[1] ?? "/", where);
    if (!isAnyIn(line, copies) || isAnyIn(line, extracts)) continue;
    // The last word of these is where the copy goes.
    const sources = /^(\S*\/)?(cp|rsync|rclone)\b/.test(line) ? words.slice(0, -1) : words;
    const from = words.findIndex((word) => /^(-C|--directory)$/.test(word)) + 1;
    const base = from === 0 ? where : absolute(words[from] ?? "", where);
    const isCopied = sources.some((word, index) => {
      const path = absolute(word.replace(/\*$/, ""), base);
      if (index === 0 || index === from) return false;
      return path !== "/" && (directory === path || directory.startsWith(`${path}/`));
    });
    const [word] = command.words;
    if (isCopied && word !== undefined) return { word, program: tool ?? word.text ?? "tar" };
  }
  return undefined;
}

function absolute(path: string, where: string): string {
  return `/${path.startsWith("/") ? join(path) : join(where, path)}`;
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
