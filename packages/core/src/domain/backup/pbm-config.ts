import { type Command, programOf, type Word } from "../../embedded/command.ts";
import type { Container } from "../../kube/container.ts";
import { namespacesAgree } from "../../kube/namespace.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import { oncePer } from "../../text/once.ts";
import { SourceFile } from "../../text/source-file.ts";
import { byDefault, type Fact, known, unknown } from "../../yaml/fact.ts";
import type { YamlNode } from "../../yaml/node.ts";
import { parseSingle } from "../../yaml/parse.ts";
import type { BackupTerms, StoreFolder, Whereabouts } from "../model/backup-terms.ts";
import type { Database } from "../model/database.ts";
import { whereStoreIs } from "../storage/object-store.ts";
import { storeFolder } from "../storage/store-folder.ts";
import { wordsOf } from "./tool-options.ts";
import type { ToolRun } from "./tool-runs.ts";
import { whereMounted } from "./whereabouts.ts";

// Percona Backup for MongoDB keeps its settings in the database: `pbm config` puts them there, from a file or one by one.
// https://docs.percona.com/percona-backup-mongodb/reference/config.html (PBM 2.15, read 2026-11)

/** The settings by their names, `storage.s3.bucket`; undefined: a file of them is not in view. */
type Settings = ReadonlyMap<string, string> | undefined;

/** Where PBM stores what it takes, by the settings in view. */
export function storeOfPbm(
  container: Container,
  resources: ResourceIndex,
  at: Word | Command,
  database: () => Database | undefined,
): Pick<BackupTerms, "folder"> & Required<Pick<BackupTerms, "lies">> {
  const found = settingsFor(container, resources);
  if (found === undefined) return { lies: unknown(at, "where PBM stores is set with `pbm config`") };
  if (found === "several") return { lies: unknown(at, "several commands configure PBM, and not alike") };
  const { settings, where } = found;
  if (settings === undefined) return { lies: unknown(where, "the file of its `pbm config` is not in view") };
  const folder = folderIn(settings);
  return {
    get lies() {
      return whereIn(settings, where, database(), resources);
    },
    ...(folder === undefined ? {} : { folder }),
  };
}

/** The seconds of changes that the oplog may lack; undefined: the commands of this container do not switch its slices on. */
export function oplogSpan(container: Container): Fact<number> | undefined {
  const { settings, where } = configuredBy(container) ?? {};
  if (where === undefined || settings?.get("pitr.enabled") !== "true") return undefined;
  const written = settings.get("pitr.oplogSpanMin");
  // https://docs.percona.com/percona-backup-mongodb/reference/pitr-options.html (read 2026-11): minutes
  if (written === undefined) return byDefault(600, where);
  return /^\d+(?:\.\d+)?$/.test(written) && Number(written) > 0
    ? known(Number(written) * 60, where)
    : unknown(where, "pitr.oplogSpanMin is filled in later");
}

interface Configured {
  readonly settings: Settings;
  readonly where: Word | Command;
}

/** What the commands of its own Pod set, else those of its namespace where all say the same. */
function settingsFor(container: Container, resources: ResourceIndex): Configured | "several" | undefined {
  const all = configurations(resources).filter((each) =>
    namespacesAgree(each.workload.resource, container.workload.resource),
  );
  const own = all.filter((each) => each.workload === container.workload);
  const [first, ...more] = (own.length > 0 ? own : all).flatMap((each) => configuredBy(each) ?? []);
  return first === undefined || more.every((each) => textOf(each.settings) === textOf(first.settings))
    ? first
    : "several";
}

/** What two of them must have in common to be one. */
function textOf(settings: Settings): string {
  return JSON.stringify([...(settings ?? [])].filter(([name]) => /^storage\./.test(name)).sort());
}

/** The containers that configure PBM. */
const configurations = oncePer((resources: ResourceIndex): readonly Container[] =>
  [...resources].flatMap(({ workload }) =>
    (workload?.containers ?? []).filter(({ commands }) => commands.some(configuresPbm)),
  ),
);

/** `pbm config --file …`, `pbm config --set …`; others only show what is set. */
export function configuresPbm(command: Command): boolean {
  return (
    programOf(command) === "pbm" &&
    command.words[1]?.text === "config" &&
    command.words.some(({ text, raw }) => /^--(?:file|set)(?:=|$)/.test(text ?? raw))
  );
}

/** The settings after all commands of a container: a file replaces what was set before. undefined: none configures PBM. */
const configuredBy = oncePer((container: Container): Configured | undefined => {
  const commands = container.commands.filter(configuresPbm);
  const last = commands.at(-1);
  if (last === undefined) return undefined;
  let settings: Map<string, string> | undefined = new Map();
  for (const command of commands)
    for (const [option, value] of optionsOf({ command, container })) {
      const end = value.indexOf("=");
      if (option === "--file") settings = settingsInFile(value, { command, container });
      else if (end > 0) settings?.set(value.slice(0, end), value.slice(end + 1));
    }
  return { settings, where: last.words[0] ?? last };
});

/** Each `--file` and `--set` with its value, in order. */
function optionsOf({ command, container }: ToolRun): readonly (readonly [option: string, value: string])[] {
  const words = wordsOf(command, container);
  return words.flatMap((word, index) => {
    const match = /^(--file|--set)(?:=(.*))?$/.exec(word);
    return match === null ? [] : [[match[1] ?? "", match[2] ?? words[index + 1] ?? ""] as const];
  });
}

/** The leaves of a YAML file that a ConfigMap or Secret puts into the container, or that the script gives to the command. */
function settingsInFile(path: string, { command, container }: ToolRun): Map<string, string> | undefined {
  // In the other Pod, whose files are not this one's.
  const file = command.execIn === undefined ? container.fileAt(path)?.value : undefined;
  const text = path === "/dev/stdin" || path === "-" ? command.input?.text : file;
  if (text === undefined) return undefined;
  const { root, state } = parseSingle(new SourceFile("", text));
  if (root === undefined || state !== "whole") return undefined;
  const settings = new Map<string, string>();
  const add = (node: YamlNode, name: string): void => {
    if (node.kind === "map")
      for (const [key, child] of node.entries()) add(child, name === "" ? key : `${name}.${key}`);
    else if (node.kind === "scalar") settings.set(name, node.text() ?? "");
  };
  add(root, "");
  return settings;
}

function folderIn(settings: ReadonlyMap<string, string>): StoreFolder | undefined {
  const type = settings.get("storage.type");
  const option = (name: string): string | undefined => settings.get(`storage.${type}.${name}`);
  if (type !== "s3" && type !== "minio" && type !== "gcs") return undefined;
  return storeFolder(
    type === "gcs" ? "gs" : "s3",
    option("bucket"),
    option("prefix"),
    option("endpointUrl") ?? option("endpoint"),
  );
}

/** A directory is one of the members, each of which must have it. */
function whereIn(
  settings: ReadonlyMap<string, string>,
  at: Word | Command,
  database: Database | undefined,
  resources: ResourceIndex,
): Fact<Whereabouts> {
  const type = settings.get("storage.type");
  if (type === undefined) return unknown(at, "its `pbm config` names no type of storage");
  if (hasPlaceholder(type) || type.includes("$")) return unknown(at, "its type of storage is filled in later");
  if (type !== "filesystem")
    return whereStoreIs(settings.get(`storage.${type}.endpointUrl`) ?? settings.get(`storage.${type}.endpoint`), at);
  const path = settings.get("storage.filesystem.path") ?? "";
  const container = database?.workload?.containers.find((each) => each.mountAt(path) !== undefined);
  return database === undefined || container === undefined
    ? unknown(at, `what is at ${path} in the members' Pods is not known`)
    : whereMounted(container.mountAt(path), container, database, resources);
}
