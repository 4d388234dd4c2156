import type { Engine } from "../../facts/engines.ts";
import type { ServerImage } from "../../facts/images.ts";
import type { Container, VolumeMount } from "../../kube/container.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import type { Workload } from "../../kube/workload.ts";
import { directoryPath } from "../../text/scan.ts";
import { byDefault, type Fact, known, unknown } from "../../yaml/fact.ts";
import { keyOf } from "../../yaml/node.ts";
import type { Database, DataDirectory } from "../model/database.ts";
import { evident, evidentServer, usualDataMount } from "./evident-server.ts";
import { readReplication } from "./replication.ts";
import { newestMajorOf, runsServer, serverImageOf, versionFromImage } from "./server-container.ts";
import { readServerSettings } from "./server-settings.ts";

const serving = new Set([
  "Deployment",
  "StatefulSet",
  "DaemonSet",
  "ReplicaSet",
  "ReplicationController",
  "Pod",
  "DeploymentConfig",
  "Rollout",
]);

/** The databases that a workload runs: usually one; what an operator made is judged through its custom resource. */
export function readDatabases(workload: Workload): readonly Database[] {
  const { resource } = workload;
  if (!serving.has(resource.kind)) return [];
  if ((resource.node.at("metadata", "ownerReferences")?.items().length ?? 0) > 0) return [];
  if (resource.kind === "Pod" && /^(Never|OnFailure)$/.test(workload.podSpec.string("restartPolicy") ?? "")) return [];
  const databases: Database[] = [];
  const add = (familyOf: (container: Container) => ServerImage | undefined): void => {
    for (const container of workload.containers) {
      if (container.role === "init") continue;
      const family = familyOf(container);
      if (family === undefined || !runsServer(container)) continue;
      if (databases.some((database) => database.engine === family.engine)) continue;
      databases.push(readDatabase(workload, container, family));
    }
  };
  add((container) => serverImageOf(container.image) ?? declaredFamily(workload, container));
  // Beside a known server, what mounts its volume and has its variables is a helper.
  if (databases.length === 0) add(evidentServer);
  return databases;
}

/** `dbops/engine: postgresql` on the object names the engine of an image that is not known. */
function declaredFamily(workload: Workload, container: Container): ServerImage | undefined {
  const engine = workload.resource.annotations["dbops/engine"] ?? workload.podAnnotations["dbops/engine"];
  const named = workload.resource.annotations["dbops/container"];
  const isFirst = workload.containers.find(({ role }) => role === "main") === container;
  if (engine === undefined || !(named === undefined ? isFirst : named === container.name)) return undefined;
  return {
    engine: engine as Engine,
    family: "declared",
    pattern: /(?!)/,
    port: 0,
    dataDirectory: workload.resource.annotations["dbops/data-dir"],
    version: /^(\d+)(?:\.(\d+))?/,
  };
}

function readDatabase(workload: Workload, container: Container, family: ServerImage): Database {
  const { resource } = workload;
  const image = container.image;
  const at = image?.node ?? container.node;
  const chosen = family.versionVariable === undefined ? undefined : container.environment.get(family.versionVariable);
  const text = chosen !== undefined ? chosen.value : image === undefined ? undefined : versionFromImage(image, family);
  const version: Fact<string> = text === undefined ? unknown(at, "the tag does not name it") : known(text, at);
  const major = text === undefined ? undefined : Number(/^\d+/.exec(text)?.[0]);
  let settings: Database["settings"] | undefined;
  let replication: Database["replication"] | undefined;
  let dataDirectory: DataDirectory | undefined;
  let durability: Database["durability"] | undefined;
  const database: Database = {
    engine: family.engine,
    version,
    major: major !== undefined && Number.isInteger(major) ? major : undefined,
    resource,
    workload,
    container,
    operator: undefined,
    image,
    instances: workload.replicas,
    get replication() {
      replication ??= readReplication(database, family);
      return replication;
    },
    get settings() {
      settings ??= readServerSettings(container, family.engine, family);
      return settings;
    },
    get dataDirectory() {
      dataDirectory ??= readDataDirectory(container, family, database);
      const { path, mount } = dataDirectory;
      return path.value === undefined && family.dataDirectory === undefined && mount === undefined
        ? undefined
        : dataDirectory;
    },
    get port() {
      return readPort(database, family);
    },
    get durability() {
      durability ??= readDurability(database);
      return durability;
    },
  };
  return database;
}

function readPort(database: Database, family: ServerImage): Fact<number> {
  const at = keyOf(database.resource.node.nearest("spec"));
  const written = database.settings.number("port");
  if (written !== undefined && written.value !== undefined && written.origin === "written") return written;
  const pgport = database.engine === "postgresql" ? database.container?.environment.number("PGPORT") : undefined;
  return pgport ?? byDefault(family.port, at);
}

function readDataDirectory(container: Container, family: ServerImage, database: Database): DataDirectory {
  const at = container.image?.node ?? container.node;
  // What is mounted at a path that is filled in later may hold any directory.
  const major = database.major ?? newestMajorOf(container)?.major;
  const isFilledIn = container.mounts.some(({ mountPath }) => hasPlaceholder(mountPath) || !mountPath.startsWith("/"));
  const path = isFilledIn
    ? unknown(at, "the path of a mount is filled in later")
    : dataPath(container, family, major, database, at);
  const isSaid = container.environment.get(family.dataDirectoryVariable ?? "") !== undefined;
  if (family.family === evident && !isSaid) return { path, mount: usualDataMount(container, family.engine) };
  const isMovable = path.value === undefined && !isFilledIn && directorySetting(database) === undefined;
  const place = isMovable ? imagePath(family, major, at).value : path.value;
  const mount = place === undefined ? undefined : container.mountAt(normalize(place));
  // A ConfigMap or Secret that is not in view says or may say where the directory is: whoever mounts one volume where the image keeps
  // it, and no other to keep data on, keeps the data there all the same.
  return { path, mount: isMovable && keepsDataBeside(mount, container) ? undefined : mount };
}

/** Whether another volume than this one may hold the data. */
function keepsDataBeside(mount: VolumeMount | undefined, { mounts }: Container): boolean {
  return mounts.some(
    (each) => each !== mount && /^(?:claim|claim-template|host-path|nfs)$/.test(each.volume?.source ?? ""),
  );
}

/** The parameter that names the directory, where one is set. */
function directorySetting({ engine, settings }: Database): Fact<string> | undefined {
  return settings.get(
    engine === "postgresql"
      ? "data_directory"
      : engine === "mongodb"
        ? "dbpath"
        : engine === "redis" || engine === "valkey"
          ? "dir"
          : "datadir",
  );
}

function dataPath(
  container: Container,
  family: ServerImage,
  major: number | undefined,
  database: Database,
  at: Container["node"],
): Fact<string> {
  const setting = directorySetting(database);
  if (setting !== undefined)
    return setting.value === undefined || setting.value.startsWith("/")
      ? setting
      : unknown(setting.at, "it is relative");
  const ofPatroni = family.engine === "postgresql" ? patroniDirectory(container) : undefined;
  if (ofPatroni !== undefined) return ofPatroni;
  const variable = family.dataDirectoryVariable;
  const fromVariable = variable === undefined ? undefined : container.environment.get(variable);
  if (fromVariable !== undefined) return fromVariable;
  if (
    variable !== undefined &&
    !container.environment.isComplete &&
    container.environment.get(variable) === undefined &&
    // Without any volume the data is in the container, whatever the variable says.
    container.mounts.length > 0
  ) {
    return unknown(at, `${variable} may come from an object that is not in view`);
  }
  return imagePath(family, major, at);
}

/** Where Patroni, started in an image of the server, keeps the data. https://patroni.readthedocs.io/en/latest/ENVIRONMENT.html */
function patroniDirectory(container: Container): Fact<string> | undefined {
  const variable = container.environment.get("PATRONI_POSTGRESQL_DATA_DIR");
  if (variable !== undefined) return variable;
  if (!container.argv.some(({ value }) => /\bpatroni\b/.test(value ?? ""))) return undefined;
  for (const { content } of container.filesUnder("/")) {
    const directory = /^[ \t]*data_dir:[ \t]*["']?(\/[^\s"'#]*)/m.exec(content.value ?? "")?.[1];
    if (directory !== undefined) return known(directory, content.at);
  }
  return unknown(container.node, "Patroni's configuration says it");
}

/** Where the image keeps its data unless something moves it. */
function imagePath(family: ServerImage, major: number | undefined, at: Container["node"]): Fact<string> {
  if (family.dataDirectory === undefined) return unknown(at, "the image's directory is not known");
  const change = family.newDataDirectory;
  if (change !== undefined) {
    if (major === undefined) return unknown(at, "the directory depends on the major version");
    if (major >= change.fromMajor) return byDefault(change.path.replace("<major>", String(major)), at);
  }
  return byDefault(family.dataDirectory, at);
}

function normalize(path: string): string {
  return path.length > 1 ? directoryPath(path) : path;
}

/** What the owner or the manifest itself says of the data. Names say nothing. */
function readDurability(database: Database): Database["durability"] {
  const declared = database.resource.annotations["dbops/data"] ?? database.workload?.podAnnotations["dbops/data"];
  if (declared === "ephemeral" || declared === "cache") return declared;
  if (hasPlaceholder(declared ?? "")) return "cache"; // it may say so
  if (database.dataDirectory?.mount?.volume?.source === "memory") return "ephemeral";
  if (database.engine === "redis" || database.engine === "valkey") {
    const save = database.settings.get("save");
    const appendOnly = database.settings.get("appendonly");
    const savesNothing = save?.value !== undefined && save.value.replaceAll(/["']/g, "").trim() === "";
    if (savesNothing && appendOnly?.value !== "yes") return "cache";
    const eviction = database.settings.get("maxmemory-policy")?.value;
    // Its append-only file, where there is one, goes with the Pod.
    const passes = /^(?:empty-dir|none)$/.test(database.dataDirectory?.mount?.volume?.source ?? "none");
    if (eviction?.startsWith("allkeys-") === true && (appendOnly?.value !== "yes" || passes)) return "cache";
  }
  return "durable";
}
