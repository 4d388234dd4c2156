import { mayHoldManifests, skippedFolders } from "@dbops/core";
import * as vscode from "vscode";
import { exists, Ignored, isFolder, readFolder, readText, repositoryOf } from "./read-folder.ts";

/** Files around the folder, in the rest of its repository, above which they are not read: nobody asked for a home directory. */
const mostAround = 10_000;

/** Whom a folder's files are told to. */
export interface FileListener {
  set(uri: vscode.Uri, text: string | undefined): void;
  /** A file, or a folder with all that is in it, is gone. */
  remove(uri: vscode.Uri): void;
  /** Something of that is done: it is time to lint. */
  changed(): void;
}

/** What was read: everything below the root; `isWhole` is false where that is not all there is. */
export interface Read {
  readonly root: vscode.Uri;
  readonly isWhole: boolean;
}

/** Reads the files of a folder and of the repository around it once, then follows them. */
export class FolderFiles implements vscode.Disposable {
  readonly #folder: vscode.WorkspaceFolder;
  readonly #listener: FileListener;
  readonly #watchers: vscode.Disposable[] = [];
  /** What was told to the listener and not taken back. */
  readonly #known = new Map<string, vscode.Uri>();
  #ignored = new Ignored();
  #isWhole = true;
  #isDisposed = false;

  constructor(folder: vscode.WorkspaceFolder, listener: FileListener) {
    this.#folder = folder;
    this.#listener = listener;
  }

  async read(log: vscode.LogOutputChannel): Promise<Read> {
    const { uri: folder, name } = this.#folder;
    const root = (await repositoryOf(folder)) ?? folder;
    const begin = performance.now();
    if (!this.#isDisposed) this.#watch(root); // first: what changes while it is read is not lost
    const around = await this.#readAll(root, (uri, why) => log.info(`${uri.path} is not read: ${why}`));
    this.#isWhole = around < mostAround;
    if (!this.#isWhole) log.warn(`${root.path} has more than ${mostAround} files: nothing is called absent in ${name}`);
    const duration = Math.round(performance.now() - begin);
    log.info(`Read ${this.#known.size} files of ${name}, ${around} of them around it, in ${duration} ms`);
    return { root, isWhole: this.#isWhole };
  }

  /** @returns how many of them lie around the folder */
  async #readAll(root: vscode.Uri, skipped: (uri: vscode.Uri, why: string) => void): Promise<number> {
    const { uri: folder } = this.#folder;
    const before = [...this.#known];
    const found = new Set<string>();
    const ignored = new Ignored();
    let around = 0;
    await readFolder(root, ignored, {
      found: (uri, text) => {
        if (!isBelow(uri, folder)) around++;
        found.add(uri.toString());
        this.#set(uri, text);
      },
      skipped,
      isWanted: (each) => around < mostAround || isBelow(each, folder) || isBelow(folder, each),
    });
    this.#ignored = ignored;
    for (const [name, uri] of before) if (!found.has(name)) this.#set(uri, undefined);
    return around;
  }

  #set(uri: vscode.Uri, text: string | undefined): void {
    if (text === undefined) this.#known.delete(uri.toString());
    else this.#known.set(uri.toString(), uri);
    this.#listener.set(uri, text);
  }

  dispose(): void {
    this.#isDisposed = true;
    for (const each of this.#watchers) each.dispose();
  }

  #watch(root: vscode.Uri): void {
    const watch = (glob: string): vscode.FileSystemWatcher =>
      vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(root, glob));
    const ignoring = watch("**/.gitignore");
    // One after the other: a file that is written tells of itself twice.
    let reading = Promise.resolve();
    const readAnew = (): void => {
      reading = reading.then(async () => {
        await this.#readAll(root, () => {});
        this.#listener.changed();
      });
    };
    const files = watch("**/{*.yaml,*.yml,*.json,Kustomization}");
    const all = watch("**");
    this.#watchers.push(
      ignoring,
      ignoring.onDidCreate(readAnew),
      ignoring.onDidChange(readAnew),
      ignoring.onDidDelete(readAnew),
      files,
      all,
      files.onDidCreate((uri) => this.#reread(uri)),
      files.onDidChange((uri) => this.#reread(uri)),
      // A folder that comes or goes does not always say what is in it.
      all.onDidCreate((uri) => this.#readNew(uri)),
      all.onDidDelete((uri) => this.#remove(uri)),
    );
  }

  async #reread(uri: vscode.Uri): Promise<void> {
    if (!mayHoldManifests(uri.path) || this.#isSkipped(uri)) return;
    this.#set(uri, await readText(uri));
    this.#listener.changed();
  }

  async #remove(uri: vscode.Uri): Promise<void> {
    // It may be there again: programs that save by renaming, and git, delete and write.
    if (await exists(uri)) return this.#reread(uri);
    for (const [name, known] of this.#known) if (isBelow(known, uri)) this.#known.delete(name);
    this.#listener.remove(uri);
    this.#listener.changed();
  }

  async #readNew(uri: vscode.Uri): Promise<void> {
    if (mayHoldManifests(uri.path) || this.#isSkipped(uri) || !(await isFolder(uri))) return;
    await readFolder(uri, this.#ignored, {
      found: (each, text) => this.#set(each, text),
      skipped: () => {},
      isWanted: () => true,
    });
    this.#listener.changed();
  }

  #isSkipped(uri: vscode.Uri): boolean {
    if (!this.#isWhole && !isBelow(uri, this.#folder.uri)) return true;
    const { path } = uri;
    return path.split("/").some((part) => skippedFolders.has(part)) || this.#ignored.has(path);
  }
}

function isBelow({ path }: vscode.Uri, folder: vscode.Uri): boolean {
  return `${path}/`.startsWith(`${folder.path.replace(/\/$/, "")}/`);
}
