import { readdirSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { kindsInClusters, type LiveObject, readDump } from "@dbops/core";
import { decodeBytes } from "../files/decode.ts";
import { reasonOf } from "../files/discover.ts";
import { readNamedFile } from "../files/read-stream.ts";
import { type Io, UsageError } from "../io.ts";
import {
  byName,
  type ClusterObjects,
  type ClusterSource,
  isReadInAllNamespaces,
  type Scope,
  type UnreadKind,
} from "./source.ts";

/** Files that were taken from a cluster, in place of its API server: each is a file, a folder (must-gather, cluster-info dump) or `-`. */
export function openDump(paths: readonly string[], io: Io): ClusterSource {
  return {
    name: paths.join(", "),
    flags: "",
    signal: new AbortController().signal,
    namespace: undefined,
    read: async (scope) => readDumps(paths, scope, io),
    served: async () => {
      throw new UsageError("files do not say which kinds a cluster has");
    },
    runPod: async () => {
      throw new UsageError("files of a cluster run no Pods");
    },
    setReclaimPolicy: async () => {
      throw new UsageError("files of a cluster cannot be changed into another cluster");
    },
  };
}

function readDumps(
  paths: readonly string[],
  { namespace, kinds = kindsInClusters(), progress }: Scope,
  io: Io,
): ClusterObjects {
  const objects = new Map<string, LiveObject>();
  const seen = new Set<string>();
  const problems: string[] = [];
  const shown = (file: string): string => (file === "-" ? "<stdin>" : path.relative(io.cwd, file) || file);
  const found = paths.flatMap((each) =>
    each === "-" ? ["-"] : filesIn(path.resolve(io.cwd, each), each, problems, shown),
  );
  for (const file of found) {
    progress(`reading ${shown(file)}`);
    let text: string;
    try {
      text = file === "-" ? stdinOf(io) : textOf(file);
    } catch (error) {
      // What is given alone is a mistake; of several the others are read.
      if (error instanceof UsageError) throw error;
      if (found.length === 1) throw new UsageError(`${shown(file)}: ${reasonOf(error)}`);
      problems.push(`${shown(file)}: ${reasonOf(error)}`);
      continue;
    }
    const dump = readDump(text);
    for (const problem of dump.problems.slice(0, mostProblems)) problems.push(`${shown(file)}: ${problem}`);
    const more = dump.problems.length - mostProblems;
    if (more > 0) problems.push(`${shown(file)}: ${more} more parts could not be read`);
    for (const kind of dump.emptyKinds) seen.add(kind);
    for (const object of dump.objects) {
      seen.add(object.kind);
      const { kind, apiVersion, metadata } = object;
      const isOfOthers =
        namespace !== undefined && metadata.namespace !== undefined && metadata.namespace !== namespace;
      if (
        isOfOthers &&
        !isReadInAllNamespaces({ kind, group: apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "" })
      )
        continue;
      objects.set(`${apiVersion.split("/")[0]} ${kind} ${metadata.namespace ?? ""} ${metadata.name}`, object);
    }
  }
  // Nobody knows whether there was none of the other kinds, or nobody took them.
  const unread = kinds
    .filter(({ kind }) => !seen.has(kind))
    .map(({ kind, group }): UnreadKind => ({ kind, group, reason: "not-taken", message: "" }));
  return { objects: [...objects.values()].sort(byName), unread, problems, readAt: takenAt(objects.values()) };
}

/** Of one file; after so many it is no dump. */
const mostProblems = 20;

/** The newest time that the objects know, which is no later than when they were taken; copies of a file have another date. */
function takenAt(objects: Iterable<LiveObject>): string {
  const now = Date.now();
  let newest = 0;
  for (const { metadata, status } of objects)
    for (const time of [metadata.creationTimestamp, ...timesIn(status)]) {
      const at = typeof time === "string" ? Date.parse(time) : Number.NaN;
      if (at <= now && at > newest) newest = at;
    }
  return new Date(newest === 0 ? now : newest).toISOString();
}

/** When something of a status was seen or became so; what is to come is not among them. */
function timesIn(status: unknown): readonly unknown[] {
  const { conditions, lastScheduleTime, lastSuccessfulTime, startTime } = (status ?? {}) as Readonly<
    Record<string, unknown>
  >;
  const all = (Array.isArray(conditions) ? conditions : []) as readonly Readonly<Record<string, unknown>>[];
  const ofConditions = all.flatMap((each) => [each?.lastTransitionTime, each?.lastHeartbeatTime]);
  return [lastScheduleTime, lastSuccessfulTime, startTime, ...ofConditions];
}

/** The files of a folder that may hold objects, in the order of their names; links are followed, each folder is read once. */
function filesIn(full: string, named: string, problems: string[], shown: (file: string) => string): readonly string[] {
  try {
    if (!statSync(full).isDirectory()) return [full];
  } catch (error) {
    throw new UsageError(`${named}: ${reasonOf(error)}`);
  }
  const files: string[] = [];
  const entered = new Set<string>();
  const folders = [full];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop())
    try {
      const real = realpathSync(folder);
      if (entered.has(real)) continue;
      entered.add(real);
      for (const { name } of readdirSync(folder, { withFileTypes: true })) {
        const entry = path.join(folder, name);
        // Broken links among a container's files are no part of the dump; what its name calls a manifest is.
        const isNamedSo = /\.(?:ya?ml|json)$/i.test(name);
        const stats = statSync(entry, { throwIfNoEntry: false });
        if (stats?.isDirectory() === true) folders.push(entry);
        else if (stats?.isFile() === true && isNamedSo) files.push(entry);
        else if (stats === undefined && isNamedSo) problems.push(`${shown(entry)}: a broken link`);
      }
    } catch (error) {
      problems.push(`${shown(folder)}: ${reasonOf(error)}`);
    }
  return files.sort();
}

/** @throws Error that says why it cannot be read */
function textOf(file: string): string {
  const text = decodeBytes(readNamedFile(file));
  if (text === undefined) throw new Error("this is a binary file");
  return text;
}

/** @throws Error that says why there is nothing to read */
function stdinOf(io: Io): string {
  const bytes = io.readStdin();
  if (bytes === undefined) throw new Error("too large to read");
  const text = decodeBytes(bytes);
  if (text === undefined) throw new Error("this is a binary file");
  if (text.trim() === "") throw new UsageError("nothing came from stdin; did the command before the pipe fail?");
  return text;
}
