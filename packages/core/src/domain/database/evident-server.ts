import type { Engine } from "../../facts/engines.ts";
import type { ServerImage } from "../../facts/images.ts";
import {
  besideServers,
  clientVariables,
  connectionProxies,
  type ServerEvidence,
  serverEvidence,
} from "../../facts/server-evidence.ts";
import type { Container, VolumeMount } from "../../kube/container.ts";
import type { ImageReference } from "../../kube/image.ts";
import { fileName } from "../../text/scan.ts";

/**
 * A server by what it has, where its image is not known: two things that agree, at least one of them what clients do not have (the
 * engine's port, a volume where its images keep data, its program). What such an image does besides is not known.
 */
export function evidentServer(container: Container): ServerImage | undefined {
  const words = wordsOf(container.image);
  const names = [...words, ...container.name.split("-"), ...container.workload.resource.name.split("-")];
  if (words.some((word) => besideServers.test(word)) || names.some((word) => connectionProxies.test(word)))
    return undefined;
  const found = serverEvidence.find((evidence) => isShown(evidence, container, words));
  if (found === undefined) return undefined;
  return {
    engine: found.engine,
    family: evident,
    pattern: /(?!)/,
    port: found.port,
    dataDirectory: undefined,
    ...(found.engine === "postgresql" ? { dataDirectoryVariable: "PGDATA" } : {}),
    version: /(?!)/,
    ...(found.versionInName === undefined ? {} : { versionInName: found.versionInName }),
  };
}

/** The family of a server that only evidence shows. */
export const evident = "evident";

/** The mount where the images of an engine keep their data. */
export function usualDataMount(container: Container, engine: Engine): VolumeMount | undefined {
  const directory = serverEvidence.find((each) => each.engine === engine)?.directory;
  return container.mounts.find(({ mountPath }) => directory?.test(mountPath) === true);
}

function isShown(evidence: ServerEvidence, container: Container, words: readonly string[]): boolean {
  const { engine, port, variables, directory, program, word } = evidence;
  const own = [
    container.ports.some(({ number }) => number === port),
    container.mounts.some(({ mountPath }) => directory.test(mountPath)),
    container.argv.some(({ value }) => program.test(value ?? "")),
  ].filter(Boolean).length;
  const isNamed = words.some((each) => word.test(each));
  const written = container.environment.written();
  const isConfigured = written.some(({ name }) => variables.test(name));
  if (own < 2 && !isNamed && written.some(({ name }) => clientVariables.test(name))) return false;
  // Both have the port and the directory, and MariaDB reads MySQL's variables: a name or a variable of its own tells them apart.
  const isItsOwn = isNamed || written.some(({ name }) => name.startsWith("MARIADB_"));
  if (engine === "mariadb" && !isItsOwn) return false;
  return own > 0 && own + Number(isNamed) + Number(isConfigured) >= 2;
}

/** `postgresql`, `16`, `c9s` of `sclorg/postgresql-16-c9s`; none where the name is filled in later. */
function wordsOf(image: ImageReference | undefined): readonly string[] {
  const base = fileName(image?.name ?? "").toLowerCase();
  return base.split(/[-_.]/);
}
