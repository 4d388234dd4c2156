import { ontoVolume } from "../../change/procedures/volume-ahead.ts";
import { usualDataMount } from "../../domain/database/evident-server.ts";
import { newestMajorOf } from "../../domain/database/server-container.ts";
import type { Database } from "../../domain/model/database.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import type { Engine } from "../../facts/engines.ts";
import type { VolumeMount } from "../../kube/container.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { procedure } from "../../rule/fix.ts";
import { defineRule } from "../../rule/rule.ts";
import { directoryPath } from "../../text/scan.ts";

const persistent = new Set(["claim-template", "claim", "nfs", "csi", "host-path", "ephemeral-claim"]);

export default defineRule({
  id: "data-directory-not-on-volume",
  subject: "database",
  meta: {
    summary: "The directory where the server keeps its data is not on a volume.",
    rationale:
      "What a container writes outside its volumes is gone when the container restarts. Often a volume is mounted next to the directory that the image really uses, or above it, where the image's own volume hides it.",
    remedy: "Mount the claim at the directory that the image writes to (named in the message).",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "procedure",
    needs: "file",
    references: ["https://hub.docker.com/_/postgres", "https://github.com/docker-library/postgres/issues/1377"],
    quietWhen:
      "the data directory is not known and the container has a volume that it may be on, or the data is declared a cache or ephemeral.",
  },
  check(database, { report }) {
    const { container, dataDirectory, resource, engine } = database;
    const path = dataDirectory?.path.value;
    if (container === undefined) return;
    if (dataDirectory === undefined || path === undefined) {
      const likely = likelyDirectory(database);
      if (likely !== undefined) {
        report({
          message: `${serverName(database)} of ${nameOf(resource)} takes the variables of the official image, which keeps its data in ${likely.directory}, but the volume ${likely.mount.name} is mounted at ${likely.mount.mountPath}: unless the image moves it, none of the data is on it.`,
          at: likely.mount.node.nearest("mountPath"),
          severity: "warning",
        });
        return;
      }
      // Wherever an unknown directory is: none of it is on a volume where the container has none that keeps anything.
      if (database.durability !== "durable" || !container.mounts.every(isConfiguration) || keepsNothing.has(engine))
        return;
      report({
        message: `${serverName(database)} of ${nameOf(resource)} has no volume for its data: each restart of the container begins with an empty database.`,
        at: container.node.at("name") ?? container.node,
        severity: resource.kind === "StatefulSet" ? "error" : "warning",
      });
      return;
    }
    if (isOldPathOf18(database) || hasUnusedTemplate(database)) return; // postgres-18-data-path, claim-template-not-mounted say it
    const volume = dataDirectory.mount?.volume;
    if (dataDirectory.mount !== undefined && !isHiddenByImageVolume(database, dataDirectory.mount, path)) return;
    if (database.durability !== "durable" && dataDirectory.mount === undefined) return;
    if (volume?.source === "memory") return;
    const near =
      dataDirectory.mount ??
      container.mounts.find(
        (mount) => mount.volume !== undefined && persistent.has(mount.volume.source) && !isConfigurationPath(mount),
      );
    const server = serverName(database);
    const fixes = [
      procedure(
        "Show how to put the data on the volume",
        "The server starts on an empty volume: what it holds now is dumped before and restored afterward.",
        ontoVolume(database, path, near),
      ),
    ];
    if (dataDirectory.mount !== undefined && near !== undefined) {
      report({
        message: `${server} keeps its data in ${path}, a volume of the image itself: the volume mounted at ${near.mountPath} stays empty, and the data is lost with the Pod.`,
        at: near.node.nearest("mountPath"),
        related: [{ message: `data directory ${path}`, at: dataDirectory.path.at }],
        fixes,
      });
      return;
    }
    if (near !== undefined) {
      report({
        message: `${server} writes to ${path}, but the volume ${near.name} is mounted at ${near.mountPath}: none of the data is on it.`,
        at: near.node.nearest("mountPath"),
        related: [{ message: `data directory ${path}`, at: dataDirectory.path.at }],
        fixes,
      });
      return;
    }
    // Redis without any volume and without persistence settings is a cache in practice.
    const isStateful = resource.kind === "StatefulSet";
    const isCacheEngine = engine === "redis" || engine === "valkey";
    if (isCacheEngine && database.settings.get("appendonly")?.value !== "yes") {
      report({
        message: `${server} of ${nameOf(resource)} has no volume: a restart empties it. If it is a cache, add the annotation dbops/data: cache; otherwise mount one at ${path}.`,
        at: container.node.at("name") ?? container.node,
        severity: "info",
        presets: [],
      });
      return;
    }
    report({
      message: `${server} keeps its data in ${path} and ${nameOf(resource)} mounts no volume there: each restart of the container begins with an empty database.`,
      at: container.node.at("name") ?? container.node,
      severity: isStateful ? "error" : "warning",
      fixes,
    });
  },
});

/**
 * The official postgres image declares a volume of its own: up to 17 at /var/lib/postgresql/data, so a mount above it misses the data.
 */
function isHiddenByImageVolume(database: Database, mount: VolumeMount, path: string): boolean {
  if (database.engine !== "postgresql" || database.major === undefined || database.major >= 18) return false;
  const base = directoryPath(mount.mountPath);
  return path.startsWith("/var/lib/postgresql/data") && (base === "/var/lib/postgresql" || base === "/var/lib");
}

function isOldPathOf18({ engine, major, container }: Database): boolean {
  return (
    engine === "postgresql" &&
    (major ?? (container === undefined ? 0 : (newestMajorOf(container)?.major ?? 0))) >= 18 &&
    container?.mounts.some(({ mountPath }) => /^\/var\/lib\/postgresql\/data\/?$/.test(mountPath)) === true
  );
}

function hasUnusedTemplate({ workload }: Database): boolean {
  const mounted = new Set(workload?.containers.flatMap((container) => container.mounts.map((mount) => mount.name)));
  return workload?.volumes.some((volume) => volume.source === "claim-template" && !mounted.has(volume.name)) === true;
}

/** Without settings that say otherwise they are caches, and they keep nothing. */
const keepsNothing: ReadonlySet<Engine> = new Set(["redis", "valkey"]);

function isConfiguration({ volume }: VolumeMount): boolean {
  return volume?.source === "config-map" || volume?.source === "secret" || volume?.source === "projected";
}

function isConfigurationPath(mount: VolumeMount): boolean {
  return /\/etc\/|\/conf|initdb|backup|\/tls|\/certs?|\/tmp|\/run|\/scripts?|\/dev\/shm|\/logs?$/.test(mount.mountPath);
}

/** Variables that only the entrypoints of the official images read, and where these keep the data. */
const entrypoints: readonly (readonly [Engine, RegExp, string])[] = [
  ["postgresql", /^POSTGRES_PASSWORD(?:_FILE)?$/, "/var/lib/postgresql/data"],
  ["mysql", /^MYSQL_ROOT_PASSWORD(?:_FILE)?$/, "/var/lib/mysql"],
  ["mariadb", /^(?:MARIADB|MYSQL)_ROOT_PASSWORD(?:_FILE)?$/, "/var/lib/mysql"],
  ["mongodb", /^MONGO_INITDB_ROOT_PASSWORD(?:_FILE)?$/, "/data/db"],
];

/** An image of one's own that is told what the official one is told, with its only volume where no image keeps data. */
function likelyDirectory({
  container,
  engine,
  durability,
}: Database): { readonly directory: string; readonly mount: VolumeMount } | undefined {
  if (container === undefined || durability !== "durable" || container.overridesEntrypoint) return undefined;
  if (container.argv.length > 0 || container.image?.isTemplated !== false) return undefined;
  const written = container.environment.written();
  const directory = entrypoints.find(
    ([name, variable]) => name === engine && written.some((setting) => variable.test(setting.name)),
  )?.[2];
  const [mount, other] = container.mounts.filter((each) => !isConfigurationPath(each));
  if (directory === undefined || mount?.volume === undefined || other !== undefined) return undefined;
  if (!persistent.has(mount.volume.source) || hasPlaceholder(mount.mountPath)) return undefined;
  return usualDataMount(container, engine) === undefined ? { directory, mount } : undefined;
}
