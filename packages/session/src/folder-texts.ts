import { isConfigFile, isWorthReading, SourceFile } from "@dbops/core";

/** The texts of a folder: what is on disk, and over it what editors hold, saved or not. */
export class FolderTexts {
  readonly #disk = new Map<string, SourceFile>();
  readonly #open = new Map<string, SourceFile>();

  /** undefined: the file is gone. */
  setDisk(uri: string, text: string | undefined): void {
    set(this.#disk, uri, text);
  }

  /** undefined: the editor is closed, and what is on disk holds again. */
  setOpen(uri: string, text: string | undefined): void {
    set(this.#open, uri, text);
  }

  get(uri: string): SourceFile | undefined {
    return this.#open.get(uri) ?? this.#disk.get(uri);
  }

  /** What is on disk, whatever editors hold. */
  get disk(): ReadonlyMap<string, SourceFile> {
    return this.#disk;
  }

  isOpen(uri: string): boolean {
    return this.#open.has(uri);
  }

  /** Uris below a folder that is gone go with it. */
  below(folder: string): readonly string[] {
    return [...new Set([...this.#disk.keys(), ...this.#open.keys()])].filter((uri) => uri.startsWith(`${folder}/`));
  }

  openUris(): readonly string[] {
    return [...this.#open.keys()];
  }

  /** Manifests in the order that the command line reads them; package.json and data are left out. */
  manifests(): readonly SourceFile[] {
    return this.#all().filter((file) => !isConfigFile(file.uri) && isWorthReading(file.uri, file.text));
  }

  /** Manifests of the folder that a commit may have, too: what is only open, ignored or under another name, is in none. */
  comparable(): readonly SourceFile[] {
    return this.manifests().filter(({ uri }) => this.#disk.has(uri));
  }

  configs(): readonly SourceFile[] {
    return this.#all().filter((file) => isConfigFile(file.uri));
  }

  #all(): readonly SourceFile[] {
    const all = new Map([...this.#disk, ...this.#open]);
    return [...all.values()].sort((a, b) => (a.uri < b.uri ? -1 : 1));
  }
}

function set(files: Map<string, SourceFile>, uri: string, text: string | undefined): void {
  if (text === undefined) files.delete(uri);
  else if (files.get(uri)?.text !== text) files.set(uri, new SourceFile(uri, text));
}
