import { type Command, linesOf, programOf, writtenLine } from "../../embedded/command.ts";
import type { Engine } from "../../facts/engines.ts";
import type { Kind } from "../../facts/kinds.ts";
import { backupImages, backupVariables, dumpPrograms, physicalPrograms } from "../../facts/programs.ts";
import type { Container } from "../../kube/container.ts";
import { namespacesAgree } from "../../kube/namespace.ts";
import { textFact } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import type { Workload } from "../../kube/workload.ts";
import { oncePer } from "../../text/once.ts";
import { own } from "../../text/own.ts";
import { byDefault, type Fact, known, unknown } from "../../yaml/fact.ts";
import { keyOf } from "../../yaml/node.ts";
import type { Backup } from "../model/backup.ts";
import type { DumpContent } from "../model/backup-terms.ts";
import type { Database } from "../model/database.ts";
import type { HostReference, Reach } from "../model/reach.ts";
import { readOperatorBackups } from "../operators/read-operators.ts";
import { backupOfBlueprint, backupsOfAppscode } from "./appscode-backups.ts";
import { copiesOfLonghorn, copiesOfVolsync } from "./claim-copies.ts";
import { clusterTerms, mayBackUp, takesBackups } from "./cluster-schedules.ts";
import { assignedHost, hostsOfCommand, mayLeadTo } from "./command-hosts.ts";
import { dumpContent, isQuestion } from "./dump-content.ts";
import { dumpTarget } from "./dump-directory.ts";
import { engineFault, sameFamily } from "./dump-engine.ts";

interface Sources {
  readonly resources: ResourceIndex;
  readonly databases: readonly Database[];
  /** Databases by the name of their object. */
  databasesNamed(name: string | undefined): readonly Database[];
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
        ? ofObject(resource, sources)
        : [
            ...resource.workload.containers.flatMap((container) => ofContainer(container, sources)),
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
      physical ??
      (program === "redis-cli" && command.words.some((word) => word.text === "--rdb") ? "redis" : undefined);
    if (engine === undefined) continue;
    if (
      dump === undefined &&
      physical !== undefined &&
      (isRestore(command) || makesServer(command, container, sources) || takesNothing(command))
    )
      continue;
    return [
      make(
        container,
        dump === undefined && engine !== "redis" ? "physical" : "dump",
        engine,
        command,
        schedule === undefined ? undefined : textFact(schedule),
        sources,
        dump === undefined ? [command] : dumps,
      ),
    ];
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
  return [];
}

/** `pgbackrest backup --dry-run`, `wal-g backup-push --help`. */
function takesNothing({ words }: Command): boolean {
  return words.some(({ text }) => /^--(?:help|version|dry-run)$/.test(text ?? ""));
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
  const databases = sources.databases.filter((database) => [...claimsOf(database)].some((claim) => words.has(claim)));
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
      const all = sources.hostsIn(container);
      hosts ??=
        commands.length === 0
          ? all
          : commands.some(({ execIn }) => execIn !== undefined)
            ? []
            : [...new Set(commands.flatMap((each) => hostsOfDump(each, container, all, sources)))];
      return hosts;
    },
    get databases() {
      const inPods = commands.flatMap(({ execIn }) => databasesIn(execIn?.text, sources.databases));
      if (inPods.length > 0) return [...new Set(inPods)];
      const named = this.hosts.flatMap(({ reaches }) => databasesAt(reaches));
      if (named.length > 0) {
        // A host of another kind that the container also names is none of the dump's.
        const readable = named.filter((database) => engineFault(this, database) === undefined);
        return [...new Set(readable.length > 0 ? readable : named)];
      }
      if (this.hosts.some(({ reaches: { state } }) => state !== "unknown" && state !== "nothing")) return [];
      // No host is known: the only database of this engine must be meant.
      const same = sources.databases.filter((database) => engine === undefined || sameFamily(database.engine, engine));
      return same.length === 1 ? same.filter((database) => mayLeadTo(this.hosts, database.resource)) : [];
    },
  };
}

/** The databases whose Pods `kubectl exec` may mean: `orders-db-0`, `deploy/orders-db`. */
function databasesIn(target: string | undefined, databases: readonly Database[]): readonly Database[] {
  const name = target?.split("/").at(-1) ?? "";
  return databases.filter(({ resource }) => {
    const rest = name.startsWith(resource.name) ? name.slice(resource.name.length) : undefined;
    return rest !== undefined && /^(?:-\d{1,4})?$/.test(rest);
  });
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

/** The databases to which a host leads, through a pooler too. */
export function databasesAt(reach: Reach): readonly Database[] {
  if (reach.state === "database") return [reach.database];
  if (reach.state === "pooler")
    return reach.pooler.routes.flatMap((route) => (route.reaches.state === "database" ? [route.reaches.database] : []));
  return [];
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
    sources
      .databasesNamed(name)
      .filter((database) => kinds.includes(database.resource.kind) && namespacesAgree(resource, database.resource));
  const own = (): readonly Database[] => sources.databases.filter((database) => database.resource === resource);
  const ofKind = (kind: string): readonly Database[] =>
    sources.databases.filter((database) => database.resource.kind === kind);
  const object = (kind: Kind, name: string): Resource | undefined => sources.resources.find(kind, name, resource);
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
          databases: sources.databases.filter(
            (database) =>
              claim !== undefined && namespacesAgree(resource, database.resource) && claimsOf(database).has(claim),
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
          databases: sources.databases.filter((database) => mayBackUp(resource, database)),
          terms: clusterTerms(resource),
        },
      ];
    case "ReplicationSource":
      return copiesOfVolsync(resource, { ...sources, claimsOf }).map((each) => ({ ...base, ...each }));
    case "RecurringJob":
      return copiesOfLonghorn(resource, { ...sources, claimsOf }).map((each) => ({ ...base, ...each }));
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

/** Names of the claims that hold the data of a workload's database, `<template>-<set>-<ordinal>` for a StatefulSet. */
export const claimsOf: (database: Database) => ReadonlySet<string> = oncePer(readClaims);

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
    if (volume.source === "claim" && volume.sourceName !== undefined) names.add(volume.sourceName);
    if (volume.source !== "claim-template") continue;
    const replicas = workload.replicas.value ?? 1;
    for (let ordinal = 0; ordinal < Math.min(replicas, 1000); ordinal++)
      names.add(`${volume.name}-${workload.resource.name}-${ordinal}`);
  }
  return names;
}
