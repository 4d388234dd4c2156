import { pgbouncerSection } from "../../embedded/pgbouncer-file.ts";
import { startedBy } from "../../embedded/started-dump.ts";
import { poolerImages } from "../../facts/images.ts";
import type { Container } from "../../kube/container.ts";
import { fileName } from "../../text/scan.ts";
import type { Pooler } from "../model/pooler.ts";

/** The pooler of a container by its image, or by what it runs or is given where the image says nothing. */
export function poolerIn(
  container: Container,
): { readonly software: Pooler["software"]; readonly dialect: string | undefined } | undefined {
  const name = container.image?.name;
  if (name === undefined || /exporter/.test(name)) return undefined;
  const image = poolerImages.find(({ pattern }) => pattern.test(name));
  if (image !== undefined) return image;
  const software = startedIn(container) ?? (servesFile(container) ? "pgbouncer" : undefined);
  return software === undefined ? undefined : { software, dialect: undefined };
}

/** Whether the container's image is one of a pooler: then its tag says which version. */
export function isPoolerImage({ image }: Container): boolean {
  return image !== undefined && poolerImages.some(({ pattern }) => pattern.test(image.name));
}

const programs: readonly string[] = [
  "pgbouncer",
  "odyssey",
  "pgpool",
  "proxysql",
] satisfies readonly Pooler["software"][];

/** `exec pgbouncer /etc/pgbouncer/pgbouncer.ini`, `su pgbouncer -c 'pgbouncer …'` in an image of the owner's. */
function startedIn({ commands }: Container): Pooler["software"] | undefined {
  for (const { words } of commands) {
    const inside = startedBy(words);
    const script = inside?.script?.at.text;
    const [program = "", argument = ""] =
      script === undefined
        ? (inside?.words ?? words).map(({ text }) => text ?? "")
        : script
            .trim()
            .replace(/^exec\s/, "")
            .trimStart()
            .split(/\s/, 2);
    const software = programs.find((each) => each === fileName(program));
    // `pgbouncer --version` is no server, and without a file it is none either.
    if (software !== undefined && (argument.startsWith("/") || /^-[a-zA-Z]*[dqvu]|^-[fcn]$/.test(argument)))
      return software as Pooler["software"];
  }
  return undefined;
}

/** It is given a pgbouncer.ini, and has the port on which that listens: an exporter or a reloader beside a pooler has not. */
function servesFile(container: Container): boolean {
  return container.filesUnder("/").some(({ path, content: { value } }) => {
    if (value === undefined || fileName(path) !== "pgbouncer.ini" || !pgbouncerSection.test(value)) return false;
    const port = Number(/^[ \t]*listen_port[ \t]*=[ \t]*(\d{1,5})/m.exec(value)?.[1] ?? 6432);
    return container.ports.some(({ number }) => number === port);
  });
}
