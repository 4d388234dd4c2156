import ignore, { type Ignore } from "ignore";

/** What .gitignore files say of what lies below them. Paths are absolute with forward slashes; those of folders may end in one. */
export class IgnoredFiles {
  #rules: { readonly base: string; readonly ignores: Ignore }[] = [];
  #admitted: string | undefined;

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
    return this.#rules.some(
      ({ base, ignores }) =>
        path.startsWith(base) &&
        path !== base &&
        (!isAdmitted || base.startsWith(admitted)) &&
        ignores.ignores(path.slice(base.length)),
    );
  }
}

function withSlash(path: string): string {
  return path.endsWith("/") ? path : `${path}/`;
}
