import { mayHoldManifests, skippedFolders } from "@dbops/core";
import type { Disposable, FileEvents, FileSystem, FileUri, Log } from "./file-system.ts";
import { IgnoredFiles } from "./ignored-files.ts";
import { isBelow, readFolder, readText, repositoryOf } from "./read-folder.ts";

/** Files and folders around the folder, in the rest of its repository, that are read at most: nobody asked for a home directory. */
const mostAround = 10_000;

/** A folder that somebody opened. */
export interface OpenedFolder<U extends FileUri> {
  readonly uri: U;
  readonly name: string;
}

/** Where a folder's files come from. */
export interface FileSource<U extends FileUri> {
  readonly files: FileSystem<U>;
  /** Follows everything below a root. */
  watch(root: U, events: FileEvents<U>): Disposable;
}

/** Whom a folder's files are told to. */
export interface FileListener<U extends FileUri> {
  /** Whether a file, or anything in a folder, is held: from the disk, or because it is open. */
  holds(uri: U): boolean;
  set(uri: U, text: string | undefined): void;
  /** A file, or a folder with all that is in it, is gone. */
  remove(uri: U): void;
  /** Something of that is done: it is time to lint. */
  changed(): void;
}

/** What was read: everything below the root; `isWhole` is false where that is not all there is. */
export interface Read<U extends FileUri> {
  readonly root: U;
  readonly isWhole: boolean;
}

/** Reads the files of a folder and of the repository around it once, then follows them. */
export class FolderFiles<U extends FileUri> implements Disposable {
  readonly #folder: OpenedFolder<U>;
  readonly #source: FileSource<U>;
  readonly #listener: FileListener<U>;
  #watching: Disposable | undefined;
  /** What was told to the listener and not taken back. */
  readonly #known = new Map<string, U>();
  /** What watchers told of while everything was read: theirs is the later word. */
  #touched: Set<string> | undefined;
  #root: U;
  /** One after the other: a file that is written tells of itself twice. */
  #readingAgain: Promise<void> = Promise.resolve();
  #ignored = new IgnoredFiles();
  #isWhole = true;
  #isDisposed = false;

  constructor(folder: OpenedFolder<U>, source: FileSource<U>, listener: FileListener<U>) {
    this.#folder = folder;
    this.#source = source;
    this.#listener = listener;
    this.#root = folder.uri;
  }

  async read(log: Log): Promise<Read<U>> {
    const { uri: folder, name } = this.#folder;
    const root = (await repositoryOf(this.#source.files, folder)) ?? folder;
    const begin = performance.now();
    this.#root = root;
    if (!this.#isDisposed) this.#watching = this.#source.watch(root, this.#events); // first: what changes while it is read is not lost
    const around = await this.#readAll((uri, why) => log.info(`${uri.path} is not read: ${why}`));
    this.#isWhole = around <= mostAround;
    if (!this.#isWhole)
      log.warn(
        `${root.path} has more than ${mostAround} files and folders: dbops reports nothing as missing in ${name}`,
      );
    const duration = Math.round(performance.now() - begin);
    log.info(`Read ${this.#known.size} files of ${root.path} for ${name} in ${duration} ms`);
    return { root, isWhole: this.#isWhole };
  }

  /** @returns how many files and folders around the folder there are, at least */
  async #readAll(skipped: (uri: U, why: string) => void): Promise<number> {
    const { uri: folder } = this.#folder;
    const before = [...this.#known];
    const found = new Set<string>();
    const touched = new Set<string>();
    this.#touched = touched;
    const ignored = new IgnoredFiles();
    let around = 0;
    await readFolder(this.#root, ignored, {
      files: this.#source.files,
      opened: folder,
      found: (uri, text) => {
        found.add(uri.toString());
        if (!touched.has(uri.toString())) this.#set(uri, text);
      },
      skipped,
      isWanted: (uri) => isBelow(uri, folder) || isBelow(folder, uri) || ++around <= mostAround,
    });
    this.#ignored = ignored;
    this.#touched = undefined;
    for (const [name, uri] of before) if (!found.has(name) && !touched.has(name)) this.#set(uri, undefined);
    return around;
  }

  #set(uri: U, text: string | undefined): void {
    if (text === undefined) this.#known.delete(uri.toString());
    else this.#known.set(uri.toString(), uri);
    this.#listener.set(uri, text);
  }

  /** Whether a file is not read: it is ignored, in a folder of other people's code, or one file around the folder too many. */
  leavesOut(uri: U): boolean {
    // Watchers also tell of files of the same path elsewhere: those of git's file system, when an old text is opened.
    if (uri.scheme !== this.#root.scheme || uri.authority !== this.#root.authority) return true;
    if (!this.#isWhole && !isBelow(uri, this.#folder.uri)) return true;
    // Names above the folder that was opened are nobody's choice.
    const base = isBelow(uri, this.#folder.uri) ? this.#folder.uri : this.#root;
    const parts = uri.path.slice(base.path.length).split("/");
    return parts.some((part) => skippedFolders.has(part)) || this.#ignored.has(uri.path);
  }

  /** Reads everything once more: a .gitignore is another one, or nobody tells of changes. */
  readAgain(): Promise<void> {
    this.#readingAgain = this.#readingAgain.then(async () => {
      if (this.#isDisposed) return;
      await this.#readAll(() => {});
      this.#listener.changed();
    });
    return this.#readingAgain;
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#watching?.dispose();
  }

  readonly #events: FileEvents<U> = {
    ignoring: () => void this.readAgain(),
    written: (uri) => void this.#reread(uri),
    created: (uri) => void this.#readNew(uri),
    deleted: (uri) => void this.#remove(uri),
  };

  async #reread(uri: U): Promise<void> {
    if (!mayHoldManifests(uri.path) || this.leavesOut(uri)) return;
    this.#touched?.add(uri.toString());
    const read = await readText(this.#source.files, uri);
    this.#set(uri, "text" in read ? read.text : undefined);
    this.#listener.changed();
  }

  async #remove(uri: U): Promise<void> {
    if (!this.#listener.holds(uri)) return;
    // It may be there again: programs that save by renaming, and git, delete and write.
    if ((await this.#source.files.stat(uri)) !== undefined) return this.#reread(uri);
    for (const [name, known] of this.#known) {
      if (!isBelow(known, uri)) continue;
      this.#touched?.add(name);
      this.#known.delete(name);
    }
    this.#listener.remove(uri);
    this.#listener.changed();
  }

  async #readNew(uri: U): Promise<void> {
    if (mayHoldManifests(uri.path) || this.leavesOut(uri)) return;
    if ((await this.#source.files.stat(uri))?.isFolder !== true) return;
    let count = 0;
    await readFolder(uri, this.#ignored, {
      files: this.#source.files,
      opened: this.#folder.uri,
      found: (each, text) => {
        this.#touched?.add(each.toString());
        this.#set(each, text);
      },
      skipped: () => {},
      isWanted: (each) => isBelow(each, this.#folder.uri) || ++count <= mostAround,
    });
    this.#listener.changed();
  }
}
