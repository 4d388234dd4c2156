import { mayHoldManifests, skippedFolders } from "@dbops/core";
import { decode, type IgnoredFiles } from "@dbops/session";
import * as vscode from "vscode";

/** Files above this are not read as context; opened, they are announced. */
const largestFile = 8 * 1024 * 1024;

/** A file as text, or why it is not read. */
export async function readText(uri: vscode.Uri): Promise<{ readonly text: string } | { readonly why: string }> {
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > largestFile) return { why: "it is too large" };
    const text = decode(await vscode.workspace.fs.readFile(uri));
    return text === undefined ? { why: "it is not text" } : { text };
  } catch {
    return { why: "it is gone again, or cannot be read" };
  }
}

function below({ path }: vscode.Uri): string {
  return path.endsWith("/") ? path : `${path}/`;
}

/** Whether one lies in the other, or is it. */
export function isBelow(uri: vscode.Uri, folder: vscode.Uri): boolean {
  return `${uri.path}/`.startsWith(below(folder));
}

/** What reading a folder tells. */
export interface Reading {
  /** Read whatever ignores it. */
  readonly opened: vscode.Uri;
  found(uri: vscode.Uri, text: string): void;
  skipped(uri: vscode.Uri, why: string): void;
  /** Asked before each folder and file. */
  isWanted(uri: vscode.Uri): boolean;
}

/** Everything below a folder that may be a manifest or a configuration, less what .gitignore names and git does not track. */
export async function readFolder(root: vscode.Uri, ignored: IgnoredFiles, reading: Reading): Promise<void> {
  const { opened } = reading;
  const index = await gitIndexOf(root);
  if (index !== undefined) ignored.track(root.path, index);
  const walk = async (folder: vscode.Uri): Promise<void> => {
    const entries = await list(folder);
    if (entries.some(([name]) => name === ".gitignore")) {
      const own = await readText(vscode.Uri.joinPath(folder, ".gitignore"));
      if ("text" in own) ignored.add(folder.path, own.text);
    }
    if (folder.path === opened.path) ignored.admit(folder.path);
    await Promise.all(
      entries.map(async ([name, type]) => {
        const uri = vscode.Uri.joinPath(folder, name);
        const isFolder = (type & vscode.FileType.Directory) !== 0;
        const leadsToOpened = isFolder && isBelow(opened, uri);
        if (!leadsToOpened) {
          if (isFolder && (skippedFolders.has(name) || (type & vscode.FileType.SymbolicLink) !== 0)) return;
          if (!isFolder && !mayHoldManifests(name)) return;
          if (ignored.has(uri.path + (isFolder ? "/" : ""))) return;
        }
        if (!reading.isWanted(uri)) return;
        if (isFolder) return walk(uri);
        const read = await readText(uri);
        if ("text" in read) reading.found(uri, read.text);
        else reading.skipped(uri, read.why);
      }),
    );
  };
  await walk(root);
}

/** undefined: no repository, nothing was added yet, or a file system that has no git. */
async function gitIndexOf(root: vscode.Uri): Promise<Uint8Array | undefined> {
  const git = vscode.Uri.joinPath(root, ".git");
  try {
    if (await isFolder(git)) return await vscode.workspace.fs.readFile(vscode.Uri.joinPath(git, "index"));
    // Of a worktree or a submodule it is a file that names the folder.
    const named = decode(await vscode.workspace.fs.readFile(git))
      ?.replace(/^gitdir: /, "")
      .trim();
    if (named === undefined) return undefined;
    const folder = /^(?:\/|[A-Za-z]:)/.test(named)
      ? vscode.Uri.file(named).with({ scheme: root.scheme })
      : vscode.Uri.joinPath(root, named);
    return await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder, "index"));
  } catch {
    return undefined;
  }
}

async function list(folder: vscode.Uri): Promise<readonly [string, vscode.FileType][]> {
  try {
    return await vscode.workspace.fs.readDirectory(folder);
  } catch {
    return []; // gone meanwhile, or not to be read
  }
}

export async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}

export async function isFolder(uri: vscode.Uri): Promise<boolean> {
  try {
    return ((await vscode.workspace.fs.stat(uri)).type & vscode.FileType.Directory) !== 0;
  } catch {
    return false;
  }
}

/** The root of the repository that a folder lies in: what `kubectl dbops lint` takes as context. */
export async function repositoryOf(folder: vscode.Uri): Promise<vscode.Uri | undefined> {
  for (let current = folder; ; ) {
    if (await exists(vscode.Uri.joinPath(current, ".git"))) return current;
    const parent = vscode.Uri.joinPath(current, "..");
    if (parent.path === current.path) return undefined; // `/`, and `/c:/` on Windows
    current = parent;
  }
}
