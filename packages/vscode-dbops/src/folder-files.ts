import { mayHoldManifests, skippedFolders } from "@dbops/core";
import * as vscode from "vscode";
import { configsAbove, exists, isFolder, readFolder, readText } from "./read-folder.ts";

/** Whom a folder's files are told to. */
export interface FileListener {
  set(uri: vscode.Uri, text: string | undefined): void;
  /** A file, or a folder with all that is in it, is gone. */
  remove(uri: vscode.Uri): void;
  /** Something of that is done: it is time to lint. */
  changed(): void;
}

/** Reads the files of a folder once, then follows them. */
export class FolderFiles implements vscode.Disposable {
  readonly #folder: vscode.WorkspaceFolder;
  readonly #listener: FileListener;
  readonly #watchers: vscode.Disposable[] = [];
  #isDisposed = false;

  constructor(folder: vscode.WorkspaceFolder, listener: FileListener) {
    this.#folder = folder;
    this.#listener = listener;
  }

  async read(log: vscode.LogOutputChannel): Promise<void> {
    const { uri: root, name } = this.#folder;
    const begin = performance.now();
    let count = 0;
    const add = (uri: vscode.Uri, text: string): void => {
      count++;
      this.#listener.set(uri, text);
    };
    await readFolder(root, add, (uri, why) => log.info(`${uri.path} is not read: ${why}`));
    for (const uri of await configsAbove(root)) {
      const text = await readText(uri);
      if (text !== undefined) add(uri, text);
    }
    log.info(`Read ${count} files of ${name} in ${Math.round(performance.now() - begin)} ms`);
    if (!this.#isDisposed) this.#watch();
  }

  dispose(): void {
    this.#isDisposed = true;
    for (const each of this.#watchers) each.dispose();
  }

  #watch(): void {
    const watch = (glob: string): vscode.FileSystemWatcher =>
      vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(this.#folder, glob));
    const files = watch("**/{*.yaml,*.yml,*.json,Kustomization}");
    const all = watch("**");
    this.#watchers.push(
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
    if (!mayHoldManifests(uri.path) || isSkipped(uri)) return;
    this.#listener.set(uri, await readText(uri));
    this.#listener.changed();
  }

  async #remove(uri: vscode.Uri): Promise<void> {
    // It may be there again: programs that save by renaming, and git, delete and write.
    if (await exists(uri)) return this.#reread(uri);
    this.#listener.remove(uri);
    this.#listener.changed();
  }

  async #readNew(uri: vscode.Uri): Promise<void> {
    if (mayHoldManifests(uri.path) || isSkipped(uri) || !(await isFolder(uri))) return;
    await readFolder(
      uri,
      (each, text) => this.#listener.set(each, text),
      () => {},
    );
    this.#listener.changed();
  }
}

function isSkipped(uri: vscode.Uri): boolean {
  return uri.path.split("/").some((part) => skippedFolders.has(part));
}
