import { newestMajors, notServers, type ServerImage, serverImages } from "../../facts/images.ts";
import { clientPrograms, serverPrograms } from "../../facts/programs.ts";
import type { Container } from "../../kube/container.ts";
import type { ImageReference } from "../../kube/image.ts";
import { fileName } from "../../text/scan.ts";

/** The family of a server image, by its repository; undefined for clients, exporters and what is not known. */
export function serverImageOf(image: ImageReference | undefined): ServerImage | undefined {
  if (image === undefined) return undefined;
  const base = fileName(image.name);
  if (notServers.test(base)) return undefined;
  // Mirrors keep the path: `registry.example.com/mirror/postgres`. Only the well-known one-word names are taken from the last part.
  const candidates = [
    image.name,
    ...(image.registry === undefined && !image.name.includes("/") ? [] : mirrored(image)),
  ];
  return serverImages.find(({ pattern }) => candidates.some((candidate) => pattern.test(candidate)));
}

const mirrors =
  /^(?:mirror\.gcr\.io|public\.ecr\.aws|quay\.io|gcr\.io|ghcr\.io|localhost(?::\d+)?|docker\.elastic\.co|k8s\.gcr\.io)$|\.dkr\.ecr\.|(?:\.azurecr\.io|docker\.pkg\.dev|aliyuncs\.com)$|harbor|nexus|artifactory|jfrog|registry/;

function mirrored(image: ImageReference): readonly string[] {
  const isMirror = image.registry !== undefined && mirrors.test(image.registry);
  if (!isMirror) return [];
  const parts = image.name.split("/");
  return [parts.slice(-2).join("/"), parts.at(-1) ?? ""];
}

/**
 * Whether a container of a server image runs the server: `psql`, `pg_dump` and waiting loops use the same image as clients.
 * Without a command the image's entrypoint serves.
 */
export function runsServer(container: Container): boolean {
  if (container.argv.length === 0) return true;
  // It watches servers and keeps no data. https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/
  if (
    container.argv.some(({ value }) => value === "--sentinel") ||
    container.commands.some(({ words }) => words.some(({ text }) => text === "--sentinel"))
  )
    return false;
  const first = container.argv[0]?.value;
  if (!container.overridesEntrypoint && (first === undefined || first.startsWith("-"))) return true;
  const programs = container.commands.map((command) => command.words.map((word) => word.text ?? word.raw));
  if (programs.some((words) => words.some((word) => serverPrograms.test(word) || /docker-entrypoint/.test(word))))
    return true;
  if (!container.commandsAreComplete) {
    // A start script that is not in view: the container serves when it says where.
    return (
      container.ports.length > 0 || container.workload.containers.filter(({ role }) => role === "main").length === 1
    );
  }
  if (programs.length === 0) return true;
  if (programs.some((words) => clientPrograms.test(words[0] ?? ""))) return false;
  return container.ports.length > 0;
}

/** The version that a moving tag (`latest`, none) has had at least since a month; undefined for a tag that names one. */
export function newestMajorOf({
  image,
}: Pick<Container, "image">): { readonly major: number; readonly since: string } | undefined {
  if (image === undefined || image.isTemplated || image.digest !== undefined) return undefined;
  return newestMajors.find((each) => each.image.test(image.name) && each.tag.test(image.tag ?? "latest"));
}

/** `16`, `16.4`, from the tag, or from the repository's name. */
export function versionFromImage(image: ImageReference, family: ServerImage): string | undefined {
  if (image.isTemplated) return undefined;
  if (family.onlyVersion !== undefined) return family.onlyVersion;
  const match =
    (image.tag === undefined ? null : family.version.exec(image.tag)) ?? family.versionInName?.exec(image.name) ?? null;
  if (match === null) return undefined;
  return [match[1], match[2]].filter((part) => part !== undefined).join(".");
}
