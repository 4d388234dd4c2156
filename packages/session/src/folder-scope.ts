import { matchesGlob } from "@dbops/core";

/** What belongs to a workspace folder whose texts are read from the root of its repository. Names are the core's. */
export class FolderScope {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  contains(file: string): boolean {
    return file.startsWith(`${this.name}/`);
  }

  /** Whether a file's findings may stand in Problems though it is not open: it is in the folder, or a configuration that holds there. */
  shows(file: string): boolean {
    return this.contains(file) || `${this.name}/`.startsWith(file.slice(0, file.lastIndexOf("/") + 1));
  }

  /** Whether a file of the folder is among globs, of which those with `!` in front leave out; none mean everything. */
  isAmong(globs: readonly string[], file: string): boolean {
    const path = file.slice(this.name.length + 1);
    const wanted = globs.filter((glob) => !glob.startsWith("!"));
    if (wanted.length > 0 && !wanted.some((glob) => matchesGlob(glob, path))) return false;
    return !globs.some((glob) => glob.startsWith("!") && matchesGlob(glob.slice(1), path));
  }

  /** Globs that were written for the folder, as they read from a root above it. */
  seenFrom(root: string, globs: readonly string[]): readonly string[] {
    const inside = this.name.slice(root.length).replace(/^\//, "");
    if (inside === "") return globs;
    return globs.map((glob) => (glob.includes("/") ? `${inside}/${glob.replace(/^\.?\//, "")}` : glob));
  }
}
