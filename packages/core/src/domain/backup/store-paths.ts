import { type Command, linesOf, programOf } from "../../embedded/command.ts";
import type { Container } from "../../kube/container.ts";
import { fileName } from "../../text/scan.ts";
import { expandedText } from "./dump-directory.ts";

/** The folders of object stores that the scripts of containers name, as far as they are known: `s3/orders-backups/daily`. */
export function storePaths(containers: readonly Container[]): readonly string[] {
  return containers.flatMap((container) =>
    container.commands
      .filter((command) => linesOf([command]).length > 0)
      .flatMap((command) => pathsOf(command, container)),
  );
}

/** Whether two such folders may hold the same files: one is above the other. */
export function isSameStore(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`);
}

const schemes = ["s3", "gs"] as const;

/** The folders of object stores that one command names. */
export function pathsOf(command: Command, container: Container): readonly string[] {
  const words = command.words.map(({ raw }) => named(expandedText(raw, command), container));
  const program = programOf(command);
  return words.slice(1).flatMap((word): readonly string[] => {
    const scheme = schemes.find((each) => word.includes(`${each}://`));
    if (scheme !== undefined) return known(scheme, word.slice(word.indexOf(`${scheme}://`) + scheme.length + 3));
    // `mc cp backup/orders/daily .`, where backup is an alias, and `rclone copy store:orders/daily .`
    if (program === "mc" && /^[\w-]+\/[\w<]/.test(word)) return known("mc", word);
    const remote = program === "rclone" ? /^([\w-]+):([\w<].*)$/.exec(word) : null;
    return remote === null ? [] : known(`rclone ${remote[1]}`, remote[2] ?? "");
  });
}

/** The folders in front of what is known only when it runs, and without the file. */
function known(scheme: string, path: string): readonly string[] {
  const parts = path.split("/");
  const end = parts.findIndex((part) => /[$`*{}]/.test(part));
  const folders = (end < 0 ? parts : parts.slice(0, end)).filter((part) => part !== "");
  const isFile = end < 0 && !path.endsWith("/") && fileName(path).includes(".") && folders.length > 1;
  const kept = isFile ? folders.slice(0, -1) : folders;
  return kept.length === 0 ? [] : [[scheme, ...kept].join("/")];
}

/** Variables replaced by their values, or by the Secret or ConfigMap and the key from which they come. */
function named(text: string, { environment }: Container): string {
  return text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole, braced: string | undefined, plain: string | undefined) => {
    const name = braced ?? plain ?? "";
    const value = environment.get(name)?.value;
    if (value !== undefined) return value;
    const setting = environment.written().find((each) => each.name === name);
    const place = setting?.readAt;
    return place === undefined
      ? whole
      : `<${place.file.text.slice(place.span.start, place.span.end).replaceAll(/\s/g, " ").replaceAll("/", "")}>`;
  });
}
