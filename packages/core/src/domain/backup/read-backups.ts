import { type Command, linesOf, programOf, writtenLine } from "../../embedded/command.ts";
import type { Engine } from "../../facts/engines.ts";
import type { Kind } from "../../facts/kinds.ts";
import { backupImages, backupVariables, dumpPrograms, physicalPrograms } from "../../facts/programs.ts";
import type { Container } from "../../kube/container.ts";
import { namespacesAgree, type Placed } from "../../kube/namespace.ts";
import { nearestNamesakes } from "../../kube/nearest.ts";
import { textFact } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import type { Volume, Workload } from "../../kube/workload.ts";
import { once, oncePer } from "../../text/once.ts";
import { own } from "../../text/own.ts";
import { byDefault, type Fact, known, unknown } from "../../yaml/fact.ts";
import { keyOf } from "../../yaml/node.ts";
import type { Backup } from "../model/backup.ts";
import type { BackupTerms, DumpContent } from "../model/backup-terms.ts";
import type { Database } from "../model/database.ts";
import { databasesAt, type HostReference, type Reach } from "../model/reach.ts";
import { readOperatorBackups } from "../operators/read-operators.ts";
import { backupOfBlueprint, backupsOfAppscode } from "./appscode-backups.ts";
import { copiesOfKopiur, copiesOfLonghorn, copiesOfVolsync } from "./claim-copies.ts";
import { clusterTerms, mayBackUp, surelyBacksUp, takesBackups } from "./cluster-schedules.ts";
import { assignedHost, hostsOfCommand, mayLeadTo } from "./command-hosts.ts";
import { dumpContent, isQuestion } from "./dump-content.ts";
import { dumpTarget, expandedText } from "./dump-directory.ts";
import { engineFault, sameFamily } from "./dump-engine.ts";
import { configuresPbm, oplogSpan, storeOfPbm } from "./pbm-config.ts";
import { surelyMeant } from "./surely-meant.ts";
import { retentionOfTool } from "./tool-retention.ts";
import { unseenBackup } from "./unseen-backup.ts";
import { archiveOfServer } from "./wal-archives.ts";
import { streamsWal, streamTerms } from "./wal-streams.ts";

/** All units in view. */
export interface Everywhere {
  readonly resources: ResourceIndex;
  databases(): readonly Database[];
  /** Databases by the name that their object gets from its kustomization. */
  databasesNamed(name: string | undefined): readonly Database[];
  /** The namespace of an object, which its kustomization may give it. */
  placeOf(resource: Resource): Placed;
}

interface Sources {
  readonly resources: ResourceIndex;
  readonly everywhere: Everywhere;
  readonly databases: readonly Database[];
  /** Databases by the name of their object. */
  databasesNamed(name: string | undefined): readonly Database[];
  /** Of the databases that a name fits, those that an object means by it. */
  meant(fitting: readonly Database[], from: Resource): readonly Database[];
  /** The databases are those of all units, of which an object may mean none. */
  readonly isElsewhere: boolean;
  hostsIn(container: Container): readonly HostReference[];
  /** Where a host leads from a container. */
  reachOf(host: string, container: Container): Reach;
  /** Reads one object; what fails ends with that object. */
  guard(resource: Resource, read: () => readonly Backup[]): readonly Backup[];
}

/** Everything in a unit that takes backups. */
export function readBackups(sources: Sources): readonly Backup[] {
  return [...sources.resources].flatMap((resource) =>
    sources.guard(resource, () =>
      resource.workload === undefined
        ? wherever(resource, sources)
        : [
            ...sources
              .databasesNamed(resource.name)
              .flatMap((database) =>
                database.workload === resource.workload
                  ? (archiveOfServer(database, sources.everywhere.resources) ?? [])
                  : [],
              ),
            ...resource.workload.containers.flatMap((container) => [
              ...ofContainer(container, sources),
              ...streamsOf(container, sources),
              ...oplogOf(container, sources),
            ]),
            ...ofAnnotations(resource.workload, sources),
          ],
    ),
  );
}

function ofContainer(container: Container, sources: Sources): readonly Backup[] {
  const { resource } = container.workload;
  const schedule = resource.kind === "CronJob" ? resource.node.at("spec", "schedule") : undefined;
  const dumps = dumpsOf(container);
  for (const command of container.commands) {
    const program = programOf(command);
    const dump = own(dumpPrograms, program);
    if (dump !== undefined && command !== dumps[0]) continue;
    const physical = own(physicalPrograms, program);
    const engine =
      dump ??
      (physical === undefined ? undefined : engineOf(program, physical.engine, container)) ??
      (program === "redis-cli" && command.words.some((word) => word.text === "--rdb") ? "redis" : undefined);
    if (engine === undefined) continue;
    if (
      dump === undefined &&
      physical !== undefined &&
      (isRestore(command) || makesServer(command, container, sources) || takesNothing(command, physical.takes))
    )
      continue;
    const backup = make(
      container,
      dump === undefined && engine !== "redis" && !isLogical(program, command) ? "physical" : "dump",
      engine,
      command,
      schedule === undefined ? undefined : textFact(schedule),
      sources,
      dump === undefined ? [command] : dumps,
    );
    if (program === "pbm") return [Object.assign(backup, { terms: storeOf(backup, sources) })];
    return [isIncrement(command) ? Object.assign(backup, { terms: { needsBase: true as const } }) : backup];
  }
  const snapshots = snapshotsOfScript(container, schedule && textFact(schedule), sources);
  if (snapshots !== undefined) return [snapshots];
  if (isBackupImage(container)) {
    const image = container.image?.name ?? "";
    const engine = /mysql|mariadb/.test(image)
      ? "mysql"
      : /mongo|mgob/.test(image)
        ? "mongodb"
        : /postgres|pg/.test(image)
          ? "postgresql"
          : undefined;
    return [
      make(container, "dump", engine, undefined, schedule === undefined ? undefined : textFact(schedule), sources),
    ];
  }
  return [unseenBackup(container, schedule && textFact(schedule), sources.hostsIn) ?? []].flat();
}

/** What changed since another backup of the files, without which it is nothing. */
function isIncrement(command: Command): boolean {
  return (
    own(physicalPrograms, programOf(command)) !== undefined &&
    command.words.some(({ text, raw }) => /^--incremental(?:-basedir|-lsn)?(?:=|$)/.test(text ?? raw))
  );
}

function storeOf(backup: Backup, { everywhere }: Sources): ReturnType<typeof storeOfPbm> | undefined {
  const { container, command } = backup;
  if (container === undefined || command === undefined) return undefined;
  return storeOfPbm(container, everywhere.resources, command.words[0] ?? command, () => backup.databases[0]);
}

/** The slices of the oplog that a container has the agents of PBM store. */
function oplogOf(container: Container, sources: Sources): readonly Backup[] {
  const recoveryPoint = oplogSpan(container);
  const command = container.commands.findLast(configuresPbm);
  if (recoveryPoint === undefined || command === undefined) return [];
  const { resources } = sources.everywhere;
  const backup = make(container, "wal-archive", "mongodb", command, undefined, sources, [command]);
  const terms: BackupTerms = Object.assign(storeOf(backup, sources) ?? {}, {
    needsBase: true as const,
    recoveryPoint,
    keeps: retentionOfTool({ command, container }, resources) ?? byDefault({ kind: "all" as const }, command),
  });
  // The command itself takes nothing: what is said of scripts that back up is not about it.
  return [Object.assign(backup, { terms, command: undefined, script: [] })];
}

/** The WAL that a container follows. */
function streamsOf(container: Container, sources: Sources): readonly Backup[] {
  const { resource } = container.workload;
  const command = container.commands.find(streamsWal);
  if (command === undefined) return [];
  const schedule = resource.kind === "CronJob" ? resource.node.at("spec", "schedule") : undefined;
  const backup = make(container, "wal-archive", "postgresql", command, schedule && textFact(schedule), sources, [
    command,
  ]);
  return [Object.assign(backup, { terms: streamTerms(command, container, () => backup.databases[0]) })];
}

/** `pgbackrest info`, `wal-g backup-push --help`; what is filled in later may take one. */
function takesNothing({ words }: Command, takes: string | undefined): boolean {
  if (words.some(({ text }) => /^--(?:help|version|dry-run)$/.test(text ?? ""))) return true;
  return takes !== undefined && !words.slice(1).some(({ text, raw }) => text === takes || /^["']?[$`]/.test(raw));
}

/** WAL-G is built for one kind of server; its variables say for which. https://wal-g.readthedocs.io/ */
function engineOf(program: string, standard: Engine, { environment }: Container): Engine {
  if (program !== "wal-g") return standard;
  if (environment.get("WALG_MYSQL_DATASOURCE_NAME") !== undefined) return "mysql";
  return environment.get("MONGODB_URI") === undefined ? standard : "mongodb";
}

/** Percona Backup for MongoDB dumps unless it is told to copy files. */
function isLogical(program: string, { words }: Command): boolean {
  if (program !== "pbm") return false;
  const type = words.findIndex(({ text }) => /^(?:-t|--type)$/.test(text ?? ""));
  const written =
    type < 0 ? words.find(({ text }) => /^--type=/.test(text ?? ""))?.text?.slice(7) : words[type + 1]?.text;
  return written === undefined || written === "logical";
}

/** A script that applies VolumeSnapshots, of the claims that its text names. */
function snapshotsOfScript(
  container: Container,
  schedule: Fact<string> | undefined,
  sources: Sources,
): Backup | undefined {
  const { commands, workload } = container;
  const texts = commands.flatMap(({ input }) => (input === undefined ? [] : [input.text]));
  const made = texts.filter((text) => /\bkind: VolumeSnapshot\s/.test(text));
  if (made.length === 0) return undefined;
  const words = new Set([...texts, ...linesOf(commands)].join(" ").split(/[^\w.-]+/));
  // It names the namespaces that it goes into, or stays in its own.
  const isNear = ({ resource }: Database): boolean =>
    namespacesAgree(workload.resource, resource) || (resource.namespace !== undefined && words.has(resource.namespace));
  const databases = sources.databases.filter(
    (database) => isNear(database) && [...claimsOf(database)].some((claim) => words.has(claim)),
  );
  // One that asks the API server for claims may take any.
  const asks = commands.some(
    (command) =>
      programOf(command) === "kubectl" && /\bget (?:pvc|persistentvolumeclaims?)\b/.test(writtenLine(command)),
  );
  if (databases.length === 0 && !asks) return undefined;
  const at = keyOf(container.node);
  return {
    method: "volume-snapshot",
    engine: undefined,
    resource: workload.resource,
    container,
    schedule,
    hosts: [],
    databases,
    command: undefined,
    script: commands,
    terms: {
      keeps: commands.some((command) => programOf(command) === "kubectl" && /\bdelete\b/.test(writtenLine(command)))
        ? unknown(at, "what its script deletes is not known")
        : byDefault({ kind: "all" }, at),
      lies: known("snapshot", at),
    },
  };
}

/** The dump commands that take data, those of a whole database first; where none does, those that take none. */
function dumpsOf({ commands }: Container): readonly Command[] {
  const dumps = commands.filter(
    (command) => own(dumpPrograms, programOf(command)) !== undefined && !isQuestion(command),
  );
  const [whole, partial, none] = (["whole", "partial", "none"] as const).map((kind) =>
    dumps.filter((command) => dumpContent(command).kind === kind),
  );
  const taking = [...(whole ?? []), ...(partial ?? [])];
  return taking.length > 0 ? taking : (none ?? []);
}

/** By its name, or by what it is told where the name is filled in later. */
function isBackupImage({ image, environment }: Container): boolean {
  if (image !== undefined && backupImages.test(image.name)) return true;
  return environment.written().filter(({ name }) => backupVariables.has(name)).length >= 2;
}

/**
 * Commands that a cluster backup runs in the Pod before it copies the volumes, or whose output it keeps.
 * https://docs.k8up.io/k8up/how-tos/application-aware-backups.html, https://velero.io/docs/main/backup-hooks/
 */
const commandAnnotations = ["k8up.io/backupcommand", "pre.hook.backup.velero.io/command"];

function ofAnnotations({ resource, podAnnotations }: Workload, sources: Sources): readonly Backup[] {
  if (!commandAnnotations.some((name) => podAnnotations[name] !== undefined)) return [];
  return [
    {
      method: "cluster-backup",
      engine: undefined,
      resource,
      container: undefined,
      schedule: undefined,
      hosts: [],
      databases: sources.databases.filter((database) => database.resource === resource),
      command: undefined,
      script: [],
    },
  ];
}

function isRestore(command: Command): boolean {
  return command.words.some((word) =>
    /restore|backup-fetch|wal-fetch|recover|--prepare|--copy-back/.test(word.text ?? ""),
  );
}

/** A copy that becomes a standby, or the data of the Pod's own server: in an init container of a server it is its first data. */
function makesServer(command: Command, { role, workload }: Container, { databases }: Sources): boolean {
  if (role === "init" && databases.some((database) => database.workload === workload)) return true;
  if (command.words.some(({ text }) => /^(?:--write-recovery-conf|-[a-zA-Z]{0,4}R[a-zA-Z]{0,4})$/.test(text ?? "")))
    return true;
  const path = dumpTarget(command)?.path;
  return databases.some(({ workload: served, dataDirectory }) => {
    const mount = served === workload ? dataDirectory?.mount?.mountPath : undefined;
    return mount !== undefined && path !== undefined && `${path}/`.startsWith(`${mount}/`);
  });
}

function make(
  container: Container,
  method: Backup["method"],
  engine: Engine | undefined,
  command: Command | undefined,
  schedule: Fact<string> | undefined,
  sources: Sources,
  /** All commands of the container that take such a backup. */
  commands: readonly Command[] = [],
): Backup {
  const { resource } = container.workload;
  let hosts: readonly HostReference[] | undefined;
  const aims = once(() =>
    (commands.length === 0 ? [undefined] : commands).map((each) => aimOf(each, container, sources)),
  );
  return {
    method,
    engine,
    resource,
    container,
    schedule,
    command,
    content: contentOf(command, commands),
    script: container.commands,
    get hosts() {
      hosts ??= [...new Set(aims().flatMap((each) => each.hosts))];
      return hosts;
    },
    get databases() {
      const found = [...new Set(aims().flatMap((aim) => databasesOf(aim, this)))];
      if (found.length > 0 || !aims().some((aim) => isOpen(aim, this))) return found;
      // No host is known: the only database of this engine must be meant.
      const same = sources.databases.filter((database) => engine === undefined || sameFamily(database.engine, engine));
      return same.length === 1 ? same.filter((database) => mayLeadTo(this.hosts, database.resource)) : [];
    },
    get openHosts() {
      // Where none of them is known, `databases` has decided.
      if (aims().every((aim) => databasesOf(aim, this).length === 0)) return [];
      return aims().flatMap((aim) => (isOpen(aim, this) ? [aim.hosts] : []));
    },
  };
}

/** What one command of a backup connects to. */
interface Aim {
  readonly hosts: readonly HostReference[];
  /** In whose Pods `kubectl exec` runs it. */
  readonly databases: readonly Database[];
}

function aimOf(command: Command | undefined, container: Container, sources: Sources): Aim {
  const all = sources.hostsIn(container);
  if (command === undefined) return { hosts: all, databases: [] };
  return command.execIn === undefined
    ? { hosts: hostsOfDump(command, container, all, sources), databases: [] }
    : { hosts: [], databases: databasesIn(command, container.workload.resource, sources.databases) };
}

function databasesOf({ hosts, databases }: Aim, backup: Backup): readonly Database[] {
  if (databases.length > 0) return databases;
  const named = hosts.flatMap(({ reaches }) => databasesAt(reaches));
  // A host of another kind that the container also names is none of the dump's.
  const readable = named.filter((database) => engineFault(backup, database) === undefined);
  return readable.length > 0 ? readable : named;
}

/** Whether it is not known what it leads to. */
function isOpen(aim: Aim, backup: Backup): boolean {
  return (
    databasesOf(aim, backup).length === 0 &&
    !aim.hosts.some(({ reaches: { state } }) => state !== "unknown" && state !== "nothing")
  );
}

/** The databases whose Pods `kubectl exec` may mean: `orders-db-0`, `deploy/orders-db`; without `-n` those of the Pod's own namespace. */
function databasesIn(command: Command, from: Resource, databases: readonly Database[]): readonly Database[] {
  const { pod, namespace: written } = command.execIn ?? {};
  const name = pod === undefined ? "" : (expandedText(pod.raw, command).split("/").at(-1) ?? "");
  const place = { namespace: written === undefined ? from.namespace : settledText(written.raw, command) };
  return nearestNamesakes(
    databases.filter(({ resource }) => {
      const rest = name.startsWith(resource.name) ? name.slice(resource.name.length) : undefined;
      return rest !== undefined && /^(?:-\d{1,4})?$/.test(rest) && namespacesAgree(place, resource);
    }),
    from,
  );
}

/** The object of a name that another unit applies; undefined: none is in view, or several differ. */
function onlyOne(kind: Kind, name: string, from: Resource, everywhere: ResourceIndex): Resource | undefined {
  const all = everywhere.ofKind(kind).filter((each) => each.name === name && namespacesAgree(each, from));
  const specs = new Set(all.map(({ node }) => JSON.stringify(node.at("spec")?.value)));
  return specs.size === 1 ? all[0] : undefined;
}

/** A word whose variables the script sets; undefined: it is known only when it runs. */
function settledText(raw: string, command: Command): string | undefined {
  const text = expandedText(raw, command);
  return /[$`]/.test(text) ? undefined : text;
}

function hostsOfDump(
  command: Command,
  container: Container,
  all: readonly HostReference[],
  sources: Sources,
): readonly HostReference[] {
  const assigned = assignedHost(command, container.commands, container);
  if (assigned === undefined) return hostsOfCommand(command, all);
  const { host, at } = assigned;
  return [
    {
      file: at.file,
      span: at.span,
      yamlPath: at.yamlPath,
      host,
      port: undefined,
      portAt: undefined,
      protocol: undefined,
      user: undefined,
      databaseName: undefined,
      hasPassword: false,
      writtenBy: container.workload.resource,
      reaches: sources.reachOf(host, container),
    },
  ];
}

/** Several dumps of parts may make a whole. */
function contentOf(command: Command | undefined, commands: readonly Command[]): DumpContent {
  const whole: DumpContent = { kind: "whole" };
  const content = command === undefined ? whole : dumpContent(command);
  return commands.length > 1 && content.kind === "partial" ? whole : content;
}

/** What an object backs up in its own unit; where it names nothing there, what it surely names in the others. */
function wherever(resource: Resource, sources: Sources): readonly Backup[] {
  const here = ofObject(resource, sources);
  const { databases, databasesNamed, placeOf } = sources.everywhere;
  const isAlone = databases().length === sources.databases.length;
  // A policy that names no claim of its own unit is nothing there.
  const mayName = here.length > 0 || resource.kind === "SnapshotSchedule";
  if (isAlone || !mayName || here.some((backup) => backup.databases.length > 0)) return here;
  return ofObject(resource, {
    ...sources,
    isElsewhere: true,
    databases: databases(),
    databasesNamed,
    meant: (fitting, from) => surelyMeant(fitting, from, placeOf),
  });
}

function ofObject(resource: Resource, sources: Sources): readonly Backup[] {
  const { node, kind } = resource;
  const base = {
    resource,
    container: undefined,
    command: undefined,
    script: [],
    hosts: [] as readonly HostReference[],
  };
  const named = (name: string | undefined, kinds: readonly string[]): readonly Database[] =>
    sources.meant(
      sources
        .databasesNamed(name)
        .filter((database) => kinds.includes(database.resource.kind) && namespacesAgree(resource, database.resource)),
      resource,
    );
  const own = (): readonly Database[] => sources.databases.filter((database) => database.resource === resource);
  const ofKind = (kind: string): readonly Database[] => {
    const all = sources.databases.filter((database) => database.resource.kind === kind);
    return sources.isElsewhere ? sources.meant(all, resource) : all;
  };
  const object = (kind: Kind, name: string): Resource | undefined =>
    sources.resources.find(kind, name, resource) ?? onlyOne(kind, name, resource, sources.everywhere.resources);
  const text = (...path: string[]): Fact<string> | undefined => {
    const found = node.at(...path);
    return found === undefined ? undefined : textFact(found);
  };
  switch (kind) {
    case "VolumeSnapshot": {
      const claim = node.string("spec", "source", "persistentVolumeClaimName");
      return [
        {
          ...base,
          method: "volume-snapshot",
          engine: undefined,
          schedule: undefined,
          databases: sources.meant(
            sources.databases.filter(
              (database) =>
                claim !== undefined && namespacesAgree(resource, database.resource) && claimsOf(database).has(claim),
            ),
            resource,
          ),
          terms: {
            keeps: byDefault({ kind: "all" }, node.nearest("spec")),
            lies: known("snapshot", node.nearest("spec", "source")),
          },
        },
      ];
    }
    case "Schedule":
      if (!takesBackups(resource)) return [];
      return [
        {
          ...base,
          method: "cluster-backup",
          engine: undefined,
          schedule: text("spec", "schedule") ?? text("spec", "backup", "schedule"),
          databases: takenBySchedule(resource, sources),
          terms: clusterTerms(resource),
        },
      ];
    case "ReplicationSource":
      return copiesOfVolsync(resource, { ...sources, claimsOf }).map((each) => ({ ...base, ...each }));
    case "SnapshotSchedule":
      return copiesOfKopiur(resource, { ...sources, claimsOf }).map((each) => ({ ...base, ...each }));
    case "RecurringJob":
      return copiesOfLonghorn(resource, sources.everywhere).map((each) => ({ ...base, ...each }));
    case "BackupConfiguration":
    case "BackupBatch":
      return backupsOfAppscode(resource, { ...sources, claimsOf }).map((each) => ({ ...base, ...each }));
    default:
      return [
        ...readOperatorBackups(resource, { named, own, ofKind, object }),
        ...backupOfBlueprint(resource, own()),
      ].map((each) => ({ ...base, ...each }));
  }
}

/** Those of its own unit that it may take, and those of the others that it surely takes. */
function takenBySchedule(schedule: Resource, { databases, everywhere }: Sources): readonly Database[] {
  const own = new Set(databases);
  return [
    ...databases.filter((database) => mayBackUp(schedule, database)),
    ...everywhere
      .databases()
      .filter((database) => !own.has(database) && surelyBacksUp(schedule, database, everywhere.placeOf)),
  ];
}

/** Names of the claims that hold the data of a workload's database, `<template>-<set>-<ordinal>` for a StatefulSet. */
export const claimsOf: (database: Database) => ReadonlySet<string> = oncePer(readClaims);

/** Beside the claim of the data directory a Pod may mount one for its dumps, which is none of the data. */
function mayHoldData(volume: Volume, { dataDirectory, container }: Database): boolean {
  const data = dataDirectory?.mount?.volume;
  if (data === undefined || (data.source !== "claim" && data.source !== "claim-template")) return true;
  if (volume === data || (volume.sourceName !== undefined && volume.sourceName === data.sourceName)) return true;
  const mounts = container?.mounts.filter((mount) => mount.volume === volume) ?? [];
  return mounts.some(({ mountPath }) => /wal|xlog|tablespace|tblspc|binlog/i.test(mountPath));
}

function readClaims(database: Database): ReadonlySet<string> {
  const names = new Set<string>();
  const { workload } = database;
  if (workload === undefined) {
    const instances = database.instances.value ?? 1;
    // CloudNativePG numbers its instances from 1 and names the claim after the Pod.
    for (let index = 1; index <= Math.max(instances, 9); index++) names.add(`${database.resource.name}-${index}`);
    return names;
  }
  for (const volume of workload.volumes) {
    if (!mayHoldData(volume, database)) continue;
    if (volume.source === "claim" && volume.sourceName !== undefined) names.add(volume.sourceName);
    if (volume.source !== "claim-template") continue;
    const replicas = workload.replicas.value ?? 1;
    for (let ordinal = 0; ordinal < Math.min(replicas, 1000); ordinal++)
      names.add(`${volume.name}-${workload.resource.name}-${ordinal}`);
  }
  return names;
}
