import ignore, { type Ignore } from "ignore";
import { readNamedFile } from "./read-stream.ts";

/** What the .gitignore files of repositories say. */
export class Ignored {
  readonly #repositories: ReadonlySet<string>;
  readonly #readsAll: boolean;
  readonly #admitted = new Set<string>();
  readonly #rules = new Map<string, Ignore | undefined>();

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
    if (this.#readsAll) return false;
    const roots = [...this.#admitted, ...this.#repositories].filter((each) => file.startsWith(`${each}/`));
    const [root] = roots.sort((a, b) => b.length - a.length);
    if (root === undefined) return false;
    const parts = file.slice(root.length + 1).split("/");
    for (let depth = 0; depth < parts.length; depth++) {
      const folder = [root, ...parts.slice(0, depth)].join("/");
      const relative = parts.slice(depth).join("/");
      if (relative !== "" && this.#rulesOf(folder)?.ignores(relative) === true) return true;
    }
    return false;
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
