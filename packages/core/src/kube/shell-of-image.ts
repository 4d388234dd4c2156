import { dashImages } from "../facts/backup-tools.ts";
import type { ImageReference } from "./image.ts";

/** ash: busybox's; bash stands for all that know what bash does. */
export type KnownShell = "ash" | "bash" | "dash";

/** The shell that a program of an image is: `sh` is dash in Debian's, ash in Alpine's, bash in Oracle's. undefined: not known. */
export function shellBehind(program: string, image: ImageReference | undefined): KnownShell | undefined {
  if (program === "bash" || program === "zsh") return "bash";
  if (program === "ash" || program === "dash") return program;
  if (program === "ksh") return undefined;
  if (image === undefined || image.isTemplated) return undefined;
  if (/^(busybox|alpine)$/.test(image.name) || /alpine/.test(image.tag ?? "")) return "ash";
  // The mysql images are built on Oracle Linux, whose sh is bash, from 8.4 on all of them. https://hub.docker.com/_/mysql
  if (image.name === "mysql" && /^(?:8\.[4-9]|9|[1-9]\d)(?:\.\d+)*$/.test(image.tag ?? "")) return "bash";
  if (image.name === "mysql" || /ubi|oracle/.test(image.tag ?? "")) return undefined;
  return dashImages.test(image.name) ? "dash" : undefined;
}

/**
 * Whether a shell of an image knows `set -o pipefail`: bash and busybox's ash do, dash 0.5.12 (Debian 12, /bin/sh of the Debian
 * images) refuses it and ends the script. undefined: which shell `sh` is there is not known.
 */
export function knowsPipefail(program: string, image: ImageReference | undefined): boolean | undefined {
  const shell = shellBehind(program, image);
  return shell === undefined ? undefined : shell !== "dash";
}
