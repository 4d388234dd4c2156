import { matchesGlob } from "@dbops/core";

/** Globs written for a folder, as they read from the root above it. */
export function movedGlobs(globs: readonly string[], root: string, folder: string): readonly string[] {
  const inside = folder.slice(root.length).replace(/^\/|\/$/g, "");
  if (inside === "") return globs;
  return globs.map((glob) => (glob.includes("/") ? `${inside}/${glob.replace(/^\.?\//, "")}` : glob));
}

/** Whether a path is among globs, of which those with `!` in front leave out; none mean everything. */
export function isAmong(globs: readonly string[], path: string): boolean {
  const wanted = globs.filter((glob) => !glob.startsWith("!"));
  if (wanted.length > 0 && !wanted.some((glob) => matchesGlob(glob, path))) return false;
  return !globs.some((glob) => glob.startsWith("!") && matchesGlob(glob.slice(1), path));
}
