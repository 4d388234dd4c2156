import { directoryPath } from "../text/scan.ts";

/** A folder as Flux and Argo CD name it, from the root of its repository; undefined: the root itself, or filled in later. */
export function repositoryPath(written: string | undefined): string | undefined {
  const path = directoryPath(fromRoot(written));
  return path === "" || path === "." || /[$<{]/.test(path) ? undefined : path;
}

/** What is known of the beginning of a folder that is filled in later: `apps/orders-` of `./apps/orders-${MODE}`. */
export function knownBeginning(written: string | undefined): string {
  const path = fromRoot(written);
  return path.slice(0, Math.max(0, path.search(/[$<{]/)));
}

function fromRoot(written: string | undefined): string {
  return (written ?? "").replace(/^\.?\/+/, "");
}
