import type { Database } from "../../domain/model/database.ts";
import { nameOf, serverName, shortName } from "../../domain/model/names.ts";
import { engineNames } from "../../facts/engines.ts";
import type { Side } from "../change.ts";
import { isSet } from "../claims.ts";
import { asideOf, deleteStopped, noteData } from "./carry.ts";
import { askingOf } from "./engines.ts";
import { type Applies, type Procedure, type Step, step } from "./procedure.ts";
import { later } from "./replace-volumes.ts";
import { carrying, isName, kubectl, namespaceOfContext, namespaceWord } from "./shell.ts";
import {
  applyNew,
  applyOnFiles,
  backUp,
  claimNamesOf,
  closedWayBack,
  dumpFile,
  inPod,
  isReplacedByHand,
  keepVolumes,
  pause,
  podsOf,
  type Runner,
  replacePod,
  resume,
  stop,
  versionName,
} from "./stack.ts";

interface Way {
  readonly before: Side;
  readonly after: Side;
  readonly old: Database;
  readonly young: Database;
  readonly apply: Applies;
}

/** A server whose files the new one cannot read: a dump of the old one is restored into a new volume, and the old volume stays aside. */
export function dumpAndRestore(way: Way): Procedure | undefined {
  const { before, old, young } = way;
  const asking = askingOf(old);
  if (asking?.dump === undefined || asking.load === undefined || old.engine !== young.engine) return undefined;
  const runner = runnerOf(before);
  const file = dumpFile(before.resource, old);
  const dump = step(
    `Dump everything with ${serverName(old)}, which still runs`,
    [
      `${inPod(runner, old, asking.dump)} > ${file}`,
      ...(asking.end === undefined ? [] : [`tail -n 3 ${file} | grep -F ${JSON.stringify(asking.end)}`]),
      `ls -l ${file}`,
    ],
    `${file} is written here, with passwords of roles in it: keep it as safe as the database`,
    `rm ${file}`,
    {
      check: {
        commands: [],
        expects:
          asking.end === undefined
            ? "the command did not fail, and the size is plausible"
            : `the last lines say "${asking.end}"`,
      },
    },
  );
  const load = step(
    `Restore the dump into ${serverName(young)}`,
    [
      `${inPod({ ...runner, resource: way.after.resource }, young, asking.load, "-i ")} < ${file}`,
      ...(asking.settle === undefined
        ? []
        : [inPod({ ...runner, resource: way.after.resource }, young, asking.settle)]),
    ],
    "the new server holds the data",
    "stop it, delete its new claims, and restore again",
    {
      check: {
        commands: [inPod({ ...runner, resource: way.after.resource }, young, asking.list)],
        expects: "the databases and sizes that were written down; errors about roles that already exist are expected",
      },
    },
  );
  return aside(
    way,
    "upgrade",
    `Move ${nameOf(before.resource)} from ${versionName(old)} to ${versionName(young)} with a dump`,
    [noteData(runner, old), stopClients(before, old), dump],
    load,
  );
}

/** A server that reads neither the files nor a dump of what runs now: a backup of a time before is all that it can have. */
export function restoreBackup(way: Way): Procedure | undefined {
  const { before, old, young } = way;
  const load = step(
    `Restore a backup that ${serverName(young)} can read`,
    [],
    `what was written since that backup is only in the volumes that were put aside`,
    "stop it, delete its new claims, and restore again",
    { by: "person", check: { commands: [], expects: "the databases and rows that you know are there" } },
  );
  return aside(
    way,
    "restore",
    `Restore a backup of ${nameOf(before.resource)} into new volumes of ${serverName(young)}`,
    [backUp(runnerOf(before), old), noteData(runnerOf(before), old), stopClients(before, old)],
    load,
  );
}

/** Puts the old volumes aside, starts the new server on new ones, and fills it. */
function aside(
  { before, after, old, young, apply }: Way,
  kind: "upgrade" | "restore",
  title: string,
  first: readonly Step[],
  load: Step,
): Procedure | undefined {
  const { resource } = before;
  const own = old.dataDirectory?.mount?.volume;
  const names = isSet(resource)
    ? claimNamesOf(resource)
    : own?.source === "claim" && own.sourceName !== undefined && isName(own.sourceName)
      ? [own.sourceName]
      : undefined;
  if (names === undefined) return undefined;
  const namespace = namespaceWord(resource);
  const suffix = `${old.engine === "postgresql" ? "pg" : "v"}${old.major ?? ""}`;
  const handovers = asideOf(names, namespace, suffix);
  const isWritten = !isSet(resource);
  const claim = isWritten
    ? after.workspace.everything.resources.find("PersistentVolumeClaim", names[0] ?? "", after.resource)
    : undefined;
  // Nothing in view would make the new claim.
  if (isWritten && claim === undefined) return undefined;
  const applyAll: Applies = (side) =>
    claim === undefined || claim.document.file === side.resource.document.file
      ? apply(side)
      : `${apply({ ...side, resource: claim })}\n${apply(side)}`;
  const back = `stop it, delete its new claims, carry the volumes back (both sides of each line swapped), then: ${apply(before)}`;
  return {
    kind,
    title,
    outage: `Writes stop before the dump, and the database is down until it is restored: plan for the size of the data. The old volumes stay as they are under the names ${names[0]}-${suffix}.`,
    setup: [...(resource.namespace === undefined ? [namespaceOfContext] : []), ...carrying],
    steps: [
      pause(before),
      ...first,
      keepVolumes(names.map((claim) => `${namespace} ${claim}`)),
      stop(runnerOf(before)),
      ...(isWritten ? [] : [deleteStopped(before, apply)]),
      step(
        "Put the old volumes aside",
        handovers.map(({ from, to }) => `carry ${from} ${to}`),
        `their claims are called ${names[0]}-${suffix}; nothing uses them`,
        handovers.map(({ from, to }) => `carry ${to} ${from}`).join("; "),
      ),
      applyNew(after, young, applyAll, back),
      load,
      startClients(before, old),
      later(
        resource.namespace === undefined ? "" : ` -n ${resource.namespace}`,
        handovers.map(({ to }) => to.split(" ")[1] ?? ""),
      ),
      resume(after),
    ],
  };
}

const runnerOf = ({ resource }: Side): Runner => ({ resource, replicas: resource.workload?.replicas.value ?? 1 });

/** Workloads in view that connect to the database. */
function clientsOf({ workspace }: Side, database: Database): readonly Runner[] {
  const poolers = workspace.topology.poolersOf(database);
  const rows = workspace.topology.clients.filter(({ host, container }) => {
    const { reaches } = host;
    const isDirect = reaches.state === "database" && reaches.database === database;
    return (
      isDirect ||
      poolers.some((pooler) => workspace.topology.clientsOf(pooler).some((each) => each.container === container))
    );
  });
  const found = new Map(rows.map(({ container: { workload } }) => [workload.resource, workload]));
  return [...found].flatMap(([resource, { replicas }]) =>
    (resource.kind === "Deployment" || resource.kind === "StatefulSet") &&
    isName(resource.name) &&
    replicas.value !== undefined
      ? [{ resource, replicas: replicas.value }]
      : [],
  );
}

function stopClients(side: Side, database: Database): Step {
  const clients = clientsOf(side, database);
  return step(
    `Stop what writes to ${shortName(side.resource)}`,
    clients.map(
      ({ resource }) => `${kubectl(resource)} scale ${resource.kind.toLowerCase()}/${resource.name} --replicas=0`,
    ),
    clients.length === 0
      ? "nothing writes; the clients of this database are not in these files"
      : `${clients.map(({ resource }) => nameOf(resource)).join(", ")} ${clients.length === 1 ? "is" : "are"} down`,
    "start them again",
    {
      by: clients.length === 0 ? "person" : "script",
      check: { commands: [], expects: "nothing is connected: no jobs and no people either" },
    },
  );
}

function startClients(side: Side, database: Database): Step {
  const clients = clientsOf(side, database);
  return step(
    "Start the clients again",
    clients.map(
      ({ resource, replicas }) =>
        `${kubectl(resource)} scale ${resource.kind.toLowerCase()}/${resource.name} --replicas=${replicas}`,
    ),
    `they write to ${shortName(side.resource)} as it is now: from here on, going back loses what they write`,
    "stop them again",
    { by: clients.length === 0 ? "person" : "script", check: { commands: [], expects: "they work" } },
  );
}

/** A version that converts the files when it starts. */
export function upgradeInPlace({ before, after, old, young, apply }: Way): Procedure {
  const { resource } = before;
  const run = kubectl(resource);
  const runner = runnerOf(before);
  const pods = isReplacedByHand(after.resource) ? (podsOf(runner) ?? []) : [];
  const closed = closedWayBack(before, after);
  return {
    kind: "upgrade",
    title: `Upgrade ${nameOf(resource)} from ${versionName(old)} to ${versionName(young)} on its files`,
    outage:
      runner.replicas === 1
        ? "The database is down while its Pod restarts and takes over the files."
        : "Each Pod restarts once, one after the other.",
    setup: [],
    steps: [
      backUp(runner, old),
      pause(before),
      ...applyOnFiles(before, after, apply, apply(before)),
      ...(pods.length === 0
        ? []
        : [
            step(
              "Replace the Pods: they still have the old template",
              pods.map((pod) => replacePod(run, pod)),
              "each Pod restarts once with the new version",
              closed ?? apply(before),
              { isPointOfNoReturn: closed !== undefined },
            ),
          ]),
      resume(after),
    ],
  };
}

/** Releases that an engine does not skip, one after the other. */
export function upgradeInStages({ before, after, old, young, apply }: Way, stages: readonly string[]): Procedure {
  const { resource } = before;
  const name = nameOf(resource);
  return {
    kind: "upgrade",
    title: `Upgrade ${name} from ${versionName(old)} to ${versionName(young)}, one release series at a time`,
    outage: "The database restarts once for each series.",
    setup: [],
    steps: [
      backUp(runnerOf(before), old),
      pause(before),
      ...stages.flatMap((series) => [
        step(
          `Write the newest ${series} into the image of ${name}, and apply that`,
          [`${kubectl(resource)} rollout status ${resource.kind.toLowerCase()}/${resource.name} --timeout=30m`],
          `${engineNames[old.engine]} ${series} converts the files when it starts${old.engine === "mongodb" ? `; then set featureCompatibilityVersion to ${series}` : ""}`,
          "none but the backup: the release before does not read converted files",
          {
            by: "person",
            isPointOfNoReturn: true,
            check: {
              commands: [`${kubectl(resource)} logs ${resource.kind.toLowerCase()}/${resource.name} --tail=50`],
              expects: "the log says that the upgrade is complete, and applications work",
            },
          },
        ),
        backUp(runnerOf(before), old),
      ]),
      applyNew(after, young, apply, "none but the backup"),
      resume(after),
    ],
  };
}
