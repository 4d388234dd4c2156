import { createDocumentCache, isConfigFile, isWorthReading, mayHoldManifests, SourceFile } from "@dbops/core";
import type { FolderTexts } from "./folder-texts.ts";

/** A commit that a folder is compared with, as a host reads it. Files are named as on disk. */
export interface Revision {
  /** As the person wrote it: `origin/main`. */
  readonly name: string;
  readonly commit: string;
  /** How the files of the commit differ from those on disk. */
  list(): Promise<Listing>;
  /** What the commit has of a file; undefined: it has none, or no text. */
  read(name: string): Promise<string | undefined>;
}

export interface Listing {
  /** Files of the commit that have another text on disk, or are gone from there. */
  readonly differing: readonly string[];
  /** Whether the commit has a file that is on disk, with the same text. */
  isSame(name: string): boolean;
}

/** After so many files that changed on disk the commit is listed again: git is asked once, not once for each. */
const mostSingle = 20;

/** Files that are asked of git at the same time. */
const atOnce = 8;

/**
 * The texts of a commit. Only what differs from the disk is read from it; the others are taken from the disk, as they are when the
 * commit is listed, and asked for where the disk changes later.
 */
export class BaseTexts {
  readonly revision: Revision;
  /** A root that no folder on disk has, so that places in both texts have names of their own. */
  readonly root: string;
  readonly cache = createDocumentCache();
  readonly #folder: string;
  readonly #texts: FolderTexts;
  /** By their names on disk. */
  #files: ReadonlyMap<string, SourceFile> = new Map();
  /** Names that the commit itself was asked for. */
  #asked = new Set<string>();
  /** What was on disk when the commit was listed; undefined: it was not yet. */
  #listed: ReadonlyMap<string, SourceFile> | undefined;
  #catchingUp: Promise<void> = Promise.resolve();

  /** @param folder the root of the texts on disk */
  constructor(revision: Revision, folder: string, texts: FolderTexts) {
    this.revision = revision;
    this.root = `${folder}@${revision.commit}`;
    this.#folder = folder;
    this.#texts = texts;
  }

  /** The manifests of the commit, under its root. */
  get files(): readonly SourceFile[] {
    return [...this.#files.values()];
  }

  /** A text of the commit by the name that it has here. */
  get(name: string): SourceFile | undefined {
    return this.holds(name) ? this.#files.get(this.onDisk(name)) : undefined;
  }

  holds(name: string): boolean {
    return name.startsWith(`${this.root}/`);
  }

  /** The name on disk of a file here. */
  onDisk(name: string): string {
    return this.#folder + name.slice(this.root.length);
  }

  /** Whether a manifest of the folder is not what it was, is new, or is gone. */
  get differs(): boolean {
    const now = this.#texts.comparable();
    return now.length !== this.#files.size || now.some(({ uri, text }) => this.#files.get(uri)?.text !== text);
  }

  /** Names on disk of files that are not among the texts: deleted, or no longer read. */
  get missing(): readonly string[] {
    return [...this.#files.keys()].filter((name) => !this.#texts.disk.has(name));
  }

  /** Asks for what has changed on disk since the last time. */
  catchUp(): Promise<void> {
    // One after the other; the last one failed where the next tries again.
    this.#catchingUp = this.#catchingUp.catch(() => {}).then(() => this.#catchUp());
    return this.#catchingUp;
  }

  async #catchUp(): Promise<void> {
    const changed = this.#changedOnDisk();
    if (changed === undefined || changed.length > mostSingle) return this.#list();
    const read = await this.#readAll(changed);
    for (const name of changed) this.#asked.add(name);
    this.#files = new Map([...[...this.#files].filter(([name]) => !changed.includes(name)), ...read]);
  }

  /** undefined: nothing was listed yet. */
  #changedOnDisk(): readonly string[] | undefined {
    const listed = this.#listed;
    if (listed === undefined) return undefined;
    const now = this.#texts.disk;
    const isOther = (name: string): boolean => !this.#asked.has(name) && now.get(name) !== listed.get(name);
    return [...new Set([...now.keys(), ...listed.keys()])].filter((name) => isManifest(name) && isOther(name));
  }

  async #list(): Promise<void> {
    // Before git is asked: what is saved meanwhile is another text than this one, and is asked for next time.
    const listed = new Map(this.#texts.disk);
    const { differing, isSame } = await this.revision.list();
    const asked = differing.filter(isManifest);
    const read = await this.#readAll(asked);
    const same = [...listed].filter(
      ([name, file]) => isManifest(name) && isSame(name) && isWorthReading(name, file.text),
    );
    this.#files = new Map([...same.map(([name, { text }]) => [name, this.#fileOf(name, text)] as const), ...read]);
    this.#asked = new Set(asked);
    this.#listed = listed;
  }

  async #readAll(names: readonly string[]): Promise<readonly (readonly [string, SourceFile])[]> {
    const found: (readonly [string, SourceFile])[] = [];
    const left = [...names];
    const readNext = async (): Promise<void> => {
      for (let name = left.pop(); name !== undefined; name = left.pop()) {
        const text = await this.revision.read(name);
        if (text !== undefined && isWorthReading(name, text)) found.push([name, this.#fileOf(name, text)]);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, readNext));
    return found;
  }

  /** The same object for the same text. */
  #fileOf(name: string, text: string): SourceFile {
    const known = this.#files.get(name);
    return known?.text === text ? known : new SourceFile(this.root + name.slice(this.#folder.length), text);
  }
}

/** The configuration of the folder counts for both texts. */
function isManifest(name: string): boolean {
  return mayHoldManifests(name) && !isConfigFile(name);
}
