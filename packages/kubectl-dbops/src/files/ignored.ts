import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { readGitIndex, type TrackedFiles } from "@dbops/core";
import ignore, { type Ignore } from "ignore";
import { readNamedFile } from "./read-stream.ts";

/** What the .gitignore files of repositories say of files that git does not track. */
export class Ignored {
  readonly #repositories: ReadonlySet<string>;
  readonly #readsAll: boolean;
  readonly #admitted = new Set<string>();
  readonly #rules = new Map<string, Ignore | undefined>();
  readonly #tracked = new Map<string, TrackedFiles | undefined>();

  constructor(repositories: ReadonlySet<string>, readsAll: boolean) {
    this.#repositories = repositories;
    this.#readsAll = readsAll;
  }

  /**
   * A folder that somebody names, as a build folder often is, is read although it is ignored; what it ignores of itself is not.
   * A folder that ignores everything in it ignores itself.
   */
  admit(folder: string): void {
    const isAnythingIgnored = (): boolean => this.has(`${folder}/manifest.yaml`);
    if (!this.has(`${folder}/`) && !isAnythingIgnored()) return;
    this.#admitted.add(folder);
    if (isAnythingIgnored()) this.#rules.set(folder, undefined);
  }

  /** @param file of a folder: with a slash at its end */
  has(file: string): boolean {
    return !this.#readsAll && this.#isNamed(file) && !this.#isTracked(file);
  }

  #isNamed(file: string): boolean {
    const roots = [...this.#admitted, ...this.#repositories].filter((each) => file.startsWith(`${each}/`));
    const [root] = roots.sort(byLength);
    if (root === undefined) return false;
    const parts = file.slice(root.length + 1).split("/");
    for (let depth = 0; depth < parts.length; depth++) {
      const folder = [root, ...parts.slice(0, depth)].join("/");
      const relative = parts.slice(depth).join("/");
      if (relative !== "" && this.#rulesOf(folder)?.ignores(relative) === true) return true;
    }
    return false;
  }

  /** The index is read for the first file that .gitignore names. */
  #isTracked(file: string): boolean {
    const root = [...this.#repositories].filter((each) => file.startsWith(`${each}/`)).sort(byLength)[0];
    if (root === undefined) return false;
    if (!this.#tracked.has(root)) this.#tracked.set(root, trackedIn(root));
    const tracked = this.#tracked.get(root);
    const below = file.slice(root.length + 1);
    return below.endsWith("/") ? tracked?.hasBelow(below.slice(0, -1)) === true : tracked?.has(below) === true;
  }

  #rulesOf(folder: string): Ignore | undefined {
    if (!this.#rules.has(folder)) {
      let rules: Ignore | undefined;
      try {
        rules = ignore().add(readNamedFile(`${folder}/.gitignore`).toString("utf8"));
      } catch {
        rules = undefined; // no such file
      }
      this.#rules.set(folder, rules);
    }
    return this.#rules.get(folder);
  }
}

/** The longest first. */
function byLength(a: string, b: string): number {
  return b.length - a.length;
}

function trackedIn(repository: string): TrackedFiles | undefined {
  try {
    const git = path.join(repository, ".git");
    // Of a worktree or a submodule it is a file that names the folder.
    const folder = statSync(git).isDirectory()
      ? git
      : path.resolve(
          repository,
          readFileSync(git, "utf8")
            .replace(/^gitdir: /, "")
            .trim(),
        );
    return readGitIndex(readFileSync(path.join(folder, "index")));
  } catch {
    return undefined; // nothing was ever added
  }
}
