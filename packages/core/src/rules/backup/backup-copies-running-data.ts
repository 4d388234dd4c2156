import { mayBackUp, takesBackups } from "../../domain/backup/cluster-schedules.ts";
import { pauseOf } from "../../domain/backup/pause.ts";
import { claimsOf } from "../../domain/backup/read-backups.ts";
import type { Database } from "../../domain/model/database.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import type { Topology } from "../../domain/model/topology.ts";
import type { Workspace } from "../../domain/model/workspace.ts";
import { claimsOfDatabase } from "../../domain/storage/volumes.ts";
import { linesOf, type Word, writtenLine } from "../../embedded/command.ts";
import type { Engine } from "../../facts/engines.ts";
import { groupOf } from "../../facts/kinds.ts";
import type { Container, VolumeMount } from "../../kube/container.ts";
import { namespacesAgree, namespacesAgreeAsWritten } from "../../kube/namespace.ts";
import type { Resource } from "../../kube/resource.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
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
      "the script dumps, stops or locks the server first, an annotation, hook or PreBackupPod runs a dump, the claim is left out, a snapshot is copied in its place, it reads another directory, or the server is Redis, whose snapshot file is always complete.",
  },
  check(workload, { workspace, report }) {
    const { resource } = workload;
    const { topology } = workspace;
    const found =
      resource.kind === "CronJob"
        ? copying(workload, topology)
        : (annotated(workload, topology) ?? scheduled(workload, workspace));
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

/** Who copies the files of every volume, or of this one, on a schedule, and nothing dumps first. */
function scheduled(workload: Workload, workspace: Workspace): Copy | undefined {
  const { topology, resources, everything } = workspace;
  const database = topology.databaseOf(workload);
  const mount = database?.dataDirectory?.mount;
  if (database === undefined || mount === undefined || !fragile.has(database.engine)) return undefined;
  if (database.durability !== "durable" || !/^claim/.test(mount.volume?.source ?? "")) return undefined;
  const by =
    k8upCopies(database, resources) ??
    veleroCopies(workload, mount.name, database, everything.resources) ??
    volsyncCopies(database, resources);
  return by === undefined ? undefined : { database, by, at: mount.node };
}

/**
 * K8up takes all claims of its namespace, unless its operator takes annotated ones only.
 * https://docs.k8up.io/k8up/how-tos/application-aware-backups.html
 */
function k8upCopies(database: Database, resources: ResourceIndex): string | undefined {
  const { resource, workload } = database;
  const near = (each: Resource): boolean => namespacesAgreeAsWritten(each, resource);
  const schedule = resources
    .ofKind("Schedule")
    .find(
      (each) =>
        groupOf(each.apiVersion) !== "velero.io" &&
        near(each) &&
        takesBackups(each) &&
        pauseOf(each) === undefined &&
        each.node.at("spec", "backup", "labelSelectors") === undefined,
    );
  if (schedule === undefined || workload?.podAnnotations["k8up.io/backupcommand"] !== undefined) return undefined;
  if (resources.ofKind("PreBackupPod").some(near)) return undefined;
  const asked = claimsOfDatabase(database, resources).map(({ holder }) =>
    holder.text("metadata", "annotations", "k8up.io/backup"),
  );
  const areAnnotated = resources
    .ofKind("PersistentVolumeClaim")
    .some(({ annotations }) => annotations["k8up.io/backup"] === "true");
  const isTaken = areAnnotated ? asked.includes("true") : !asked.includes("false");
  return asked.length > 0 && isTaken ? `K8up (${nameOf(schedule)})` : undefined;
}

const veleroExcludes = "backup.velero.io/backup-volumes-excludes";

/** https://velero.io/docs/main/file-system-backup/#using-the-opt-out-approach */
function veleroCopies(
  { podAnnotations }: Workload,
  volume: string,
  database: Database,
  resources: ResourceIndex,
): string | undefined {
  if (podAnnotations[veleroHook] !== undefined) return undefined;
  if ((podAnnotations[veleroExcludes] ?? "").split(",").some((name) => name.trim() === volume)) return undefined;
  const schedule = resources
    .ofKind("Schedule")
    .find(
      (each) =>
        groupOf(each.apiVersion) === "velero.io" &&
        each.node.boolean("spec", "template", "defaultVolumesToFsBackup") === true &&
        (each.node.at("spec", "template", "hooks", "resources")?.items() ?? []).length === 0 &&
        each.node.at("spec", "template", "labelSelector") === undefined &&
        each.node.at("spec", "template", "orLabelSelectors") === undefined &&
        pauseOf(each) === undefined &&
        mayBackUp(each, database),
    );
  return schedule === undefined ? undefined : `Velero (${nameOf(schedule)})`;
}

/** VolSync without a snapshot in between. https://volsync.readthedocs.io/en/stable/usage/restic/index.html */
function volsyncCopies(database: Database, resources: ResourceIndex): string | undefined {
  const source = resources
    .ofKind("ReplicationSource")
    .find(
      ({ node, namespace }) =>
        namespacesAgreeAsWritten({ namespace }, database.resource) &&
        claimsOf(database).has(node.text("spec", "sourcePVC") ?? "") &&
        ["restic", "kopia", "rclone", "rsync", "rsyncTLS"].some((mover) =>
          /^(?:Direct|None)$/.test(node.text("spec", mover, "copyMethod") ?? ""),
        ),
    );
  return source === undefined ? undefined : `${nameOf(source)} (copyMethod Direct)`;
}
