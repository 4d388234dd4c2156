import type { Database } from "../../domain/model/database.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import { engineNames } from "../../facts/engines.ts";
import { known } from "../../yaml/fact.ts";
import type { Comparison, Side } from "../change.ts";
import { isSet } from "../claims.ts";
import { dataClaimsOf } from "../data-claims.ts";
import { asideOf, deleteStopped, noteData } from "./carry.ts";
import { askingOf } from "./engines.ts";
import { type Applies, type Procedure, type Step, step } from "./procedure.ts";
import { later } from "./replace-volumes.ts";
import { carrying, dumping, isName, kubectl, namespaceOfContext, namespaceWord, quoted } from "./shell.ts";
import {
  applyNew,
  applyOnFiles,
  backUp,
  claimNamesOf,
  dumpFile,
  inPod,
  isReplacedByHand,
  keepVolumes,
  kubectlName,
  pause,
  podsOf,
  replaceByHand,
  resume,
  runnerOf,
  startedAgain,
  stop,
  versionName,
} from "./stack.ts";
import {
  type Clients,
  clientsOf,
  setupFor,
  startWriters,
  stopAgainByHand,
  stoppedAgain,
  stopWriters,
} from "./writers.ts";

export interface Way {
  readonly before: Side;
  readonly after: Side;
  readonly old: Database;
  readonly young: Database;
  readonly apply: Applies;
  readonly among: Comparison;
}

/** A server whose files the new one cannot read: a dump of the old one is restored into a new volume, and the old volume stays aside. */
export function dumpAndRestore(way: Way): Procedure | undefined {
  const { before, old, young } = way;
  const asking = askingOf(old);
  if (asking?.dump === undefined || asking.load === undefined || old.engine !== young.engine) return undefined;
  const runner = runnerOf(before.resource);
  const newRunner = runnerOf(way.after.resource);
  const file = dumpFile(before.resource, old);
  // The same name in two clusters or namespaces is not the same database.
  const word = before.resource.namespace === undefined ? `"$namespace"_${file}` : file;
  const dump = step(
    `Dump everything with ${serverName(old)}, which still runs`,
    [`dump ${word} ${asking.end === undefined ? "''" : quoted(asking.end)} ${inPod(runner, old, asking.dump)}`],
    `${file} is written here, with passwords of roles in it: keep it as safe as the database`,
    `move ${file} away before you dump again`,
    {
      check: {
        commands: [],
        expects:
          asking.end === undefined
            ? "the command did not fail, and the size is plausible"
            : `the size is plausible; the last lines say "${asking.end}"`,
      },
    },
  );
  const load = step(
    `Restore the dump into ${serverName(young)}`,
    [
      `${inPod(newRunner, young, asking.load, "-i ")} < ${word}`,
      ...(asking.settle === undefined ? [] : [inPod(newRunner, young, asking.settle)]),
    ],
    "the new server holds the data",
    "stop it, delete its new claims, and restore again",
    {
      check: {
        commands: [inPod(newRunner, young, asking.list)],
        expects: "the databases and sizes that were written down; errors about roles that already exist are expected",
      },
    },
  );
  const put = claimsPutAside(before);
  if (put === undefined) return undefined;
  const clients = clientsOf(way, put.names);
  return aside(
    way,
    put,
    clients,
    "upgrade",
    `Move ${nameOf(before.resource)} from ${versionName(old)} to ${versionName(young)} with a dump`,
    [noteData(runner, old), ...stopWriters(way, clients), dump],
    load,
    [dumping],
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
  const put = claimsPutAside(before);
  if (put === undefined) return undefined;
  const clients = clientsOf(way, put.names);
  return aside(
    way,
    put,
    clients,
    "restore",
    `Restore a backup of ${nameOf(before.resource)} into new volumes of ${serverName(young)}`,
    [backUp(runnerOf(before.resource), old), noteData(runnerOf(before.resource), old), ...stopWriters(way, clients)],
    load,
  );
}

interface PutAside {
  readonly names: readonly string[];
  /** The claims are written by themselves, and not made by a set. */
  readonly isWritten: boolean;
}

/** undefined: nobody can say which claims have the data. */
function claimsPutAside(before: Side): PutAside | undefined {
  const data = dataClaimsOf(before);
  const made = claimNamesOf(before.resource);
  if (data === undefined || !data.every(isName)) return undefined;
  // What a set makes goes together: a volume of the log belongs to the data.
  const isWritten = made === undefined || !data.every((claim) => made.includes(claim));
  return { names: isWritten ? data : made, isWritten };
}

/** Puts the old volumes aside, starts the new server on new ones, and fills it. */
function aside(
  way: Way,
  { names, isWritten }: PutAside,
  clients: Clients,
  kind: "upgrade" | "restore",
  title: string,
  first: readonly Step[],
  load: Step,
  setup: readonly string[] = [],
): Procedure | undefined {
  const { before, after, old, apply } = way;
  const { resource } = before;
  const namespace = namespaceWord(resource);
  const suffix = `${old.engine === "postgresql" ? "pg" : "v"}${old.major ?? ""}`;
  if (!names.every((name) => isName(`${name}-${suffix}`))) return undefined;
  const handovers = asideOf(names, namespace, suffix);
  const claim = isWritten
    ? after.workspace.everything.resources.find("PersistentVolumeClaim", names[0] ?? "", after.resource)
    : undefined;
  // Nothing in view would make the new claim.
  if (isWritten && claim === undefined) return undefined;
  const applied = [...new Set([...(claim === undefined ? [] : [apply({ ...after, resource: claim })]), apply(after)])];
  const applyAll = (): string =>
    [...applied, ...(isSet(resource) ? [] : startedAgain(after)), ...stoppedAgain(clients, applied, apply)].join("\n");
  const back = `stop it, delete its new claims, carry the volumes back (both sides of each line swapped), then: ${apply(before)}`;
  return {
    kind,
    title,
    outage: `Writes stop before the dump, and the database is down until it is restored: plan for the size of the data. The old volumes stay as they are under the names ${names[0]}-${suffix}.`,
    setup: [
      ...(resource.namespace === undefined ? [namespaceOfContext] : []),
      ...carrying,
      ...setupFor([...clients.was, ...clients.now]),
      ...setup,
    ],
    steps: [
      pause(before),
      ...first,
      keepVolumes(names.map((claim) => `${namespace} ${claim}`)),
      stop(runnerOf(before.resource)),
      ...(isSet(resource) ? [deleteStopped(before, apply)] : []),
      step(
        "Put the old volumes aside",
        handovers.map(({ from, to }) => `carry ${from} ${to}`),
        `their claims are called ${names[0]}-${suffix}; nothing uses them`,
        handovers.map(({ from, to }) => `carry ${to} ${from}`).join("; "),
      ),
      // Its volumes are new and empty: there is no data to look for yet.
      applyNew(after, undefined, applyAll, back),
      ...stopAgainByHand(clients, applied, apply),
      load,
      ...startWriters(way, clients, applied, apply),
      resume(after),
      later(
        resource.namespace === undefined ? "" : ` -n ${resource.namespace}`,
        handovers.map(({ to }) => to.split(" ")[1] ?? ""),
      ),
    ],
  };
}

/** A version that converts the files when it starts. */
export function upgradeInPlace({ before, after, old, young, apply }: Way): Procedure {
  const { resource } = before;
  const runner = runnerOf(before.resource);
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
      ...applyOnFiles(before, after, apply, apply(before), {
        restarts: replaceByHand(before, after, apply(before)),
      }),
      resume(after),
    ],
  };
}

/** Releases that an engine does not skip, one after the other. */
export function upgradeInStages({ before, after, old, young, apply }: Way, stages: readonly string[]): Procedure {
  const { resource } = before;
  const name = nameOf(resource);
  const last = stages.at(-1) ?? "";
  const pods = isReplacedByHand(resource) ? podsOf(runnerOf(resource)) : undefined;
  const reached: Database = { ...old, version: known(last, old.version.at), major: Number.parseInt(last, 10) };
  return {
    kind: "upgrade",
    title: `Upgrade ${name} from ${versionName(old)} to ${versionName(young)}, one release series at a time`,
    outage: "The database restarts once for each series.",
    setup: [],
    steps: [
      backUp(runnerOf(before.resource), old),
      pause(before),
      ...stages.flatMap((series) => [
        step(
          `Write the newest ${series} into the image of ${name}, and apply that`,
          pods?.flatMap((pod) => [
            `${kubectl(resource)} delete pod ${pod}`,
            `until ${kubectl(resource)} wait pod/${pod} --for=condition=Ready --timeout=30m; do sleep 2; done`,
          ]) ?? [`${kubectl(resource)} rollout status ${kubectlName(resource)} --timeout=30m`],
          `${pods === undefined ? "" : "no Pod gets it before it is deleted (updateStrategy OnDelete), one after the other; "}${engineNames[old.engine]} ${series} converts the files when it starts${old.engine === "mongodb" ? `; then set featureCompatibilityVersion to ${series}` : ""}`,
          "none but the backup: the release before does not read converted files",
          {
            by: "person",
            isPointOfNoReturn: true,
            check: {
              commands: [`${kubectl(resource)} logs ${kubectlName(resource)} --tail=50`],
              expects: "the log says that the upgrade is complete, and applications work",
            },
          },
        ),
        backUp(runnerOf(before.resource), { ...old, version: known(series, old.version.at) }),
      ]),
      ...applyOnFiles(
        { ...before, database: reached },
        after,
        apply,
        `write the newest ${last} into the image of ${name} again, and apply that`,
        { restarts: replaceByHand({ ...before, database: reached }, after, apply(before)) },
      ),
      resume(after),
    ],
  };
}
