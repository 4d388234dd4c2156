import { readGitIndex, type TrackedFiles } from "@dbops/core";
import ignore, { type Ignore } from "ignore";

/** What .gitignore files say of what lies below them, but for what git tracks. Paths are absolute with forward slashes; those of folders may end in one. */
export class IgnoredFiles {
  #rules: { readonly base: string; readonly ignores: Ignore }[] = [];
  #admitted: string | undefined;
  #tracked: { readonly base: string; readonly files: TrackedFiles } | undefined;

  /** @param index of the repository, as git writes it */
  track(root: string, index: Uint8Array): void {
    const files = readGitIndex(index);
    this.#tracked = files && { base: withSlash(root), files };
  }

  /** @param text of the .gitignore in the folder */
  add(folder: string, text: string): void {
    this.#rules.push({ base: withSlash(folder), ignores: ignore().add(text) });
  }

  /** A folder that somebody opens is read although it is ignored; what it ignores of itself is not. */
  admit(folder: string): void {
    const base = withSlash(folder);
    const isAnythingIgnored = (): boolean => this.has(`${base}manifest.yaml`);
    if (!isAnythingIgnored()) return;
    this.#admitted = base;
    if (isAnythingIgnored()) this.#rules = this.#rules.filter((rule) => rule.base !== base);
  }

  /** @param path of a folder: with a slash at its end */
  has(path: string): boolean {
    const admitted = this.#admitted;
    const isAdmitted = admitted !== undefined && path.startsWith(admitted);
    const isNamed = this.#rules.some(
      ({ base, ignores }) =>
        path.startsWith(base) &&
        path !== base &&
        (!isAdmitted || base.startsWith(admitted)) &&
        ignores.ignores(path.slice(base.length)),
    );
    return isNamed && !this.#isTracked(path);
  }

  #isTracked(path: string): boolean {
    const { base, files } = this.#tracked ?? {};
    if (base === undefined || !path.startsWith(base)) return false;
    const below = path.slice(base.length);
    return below.endsWith("/") ? files?.hasBelow(below.slice(0, -1)) === true : files?.has(below) === true;
  }
}

function withSlash(path: string): string {
  return path.endsWith("/") ? path : `${path}/`;
}
