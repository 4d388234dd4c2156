import { mayHoldManifests, skippedFolders } from "@dbops/core";
import ignore, { type Ignore } from "ignore";
import * as vscode from "vscode";

/** Files above this are not read as context; opened, they are announced. */
export const largestFile = 8 * 1024 * 1024;

/** Bytes as text, as VS Code would open them; undefined for a binary file. */
export function decode(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  if (bytes.subarray(0, 8000).includes(0)) return undefined;
  return new TextDecoder("utf-8").decode(bytes); // without the byte order mark, as in an editor
}

export async function readText(uri: vscode.Uri): Promise<string | undefined> {
  try {
    return decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    return undefined; // gone again, or not to be read
  }
}

/** What .gitignore files say of what lies below them. */
export class Ignored {
  readonly #rules: { readonly base: string; readonly ignores: Ignore }[] = [];

  add(folder: vscode.Uri, text: string): void {
    this.#rules.push({ base: `${folder.path.replace(/\/$/, "")}/`, ignores: ignore().add(text) });
  }

  /** @param path of a folder: with a slash at its end */
  has(path: string): boolean {
    return this.#rules.some(
      ({ base, ignores }) => path.startsWith(base) && path !== base && ignores.ignores(path.slice(base.length)),
    );
  }
}

/** What reading a folder tells. */
export interface Reading {
  found(uri: vscode.Uri, text: string): void;
  skipped(uri: vscode.Uri, why: string): void;
  /** Asked before each folder. */
  isWanted(folder: vscode.Uri): boolean;
}

/** Everything below a folder that may be a manifest or a configuration, less what .gitignore names. */
export async function readFolder(root: vscode.Uri, ignored: Ignored, reading: Reading): Promise<void> {
  const walk = async (folder: vscode.Uri): Promise<void> => {
    if (!reading.isWanted(folder)) return;
    const entries = await list(folder);
    const own = entries.some(([name]) => name === ".gitignore")
      ? await readText(vscode.Uri.joinPath(folder, ".gitignore"))
      : undefined;
    if (own !== undefined) ignored.add(folder, own);
    await Promise.all(
      entries.map(async ([name, type]) => {
        const uri = vscode.Uri.joinPath(folder, name);
        const isFolder = (type & vscode.FileType.Directory) !== 0;
        if (isFolder && (skippedFolders.has(name) || (type & vscode.FileType.SymbolicLink) !== 0)) return;
        if (!isFolder && !mayHoldManifests(name)) return;
        if (ignored.has(uri.path + (isFolder ? "/" : ""))) return;
        if (isFolder) return walk(uri);
        if ((await sizeOf(uri)) > largestFile) return reading.skipped(uri, "it is too large");
        const text = await readText(uri);
        if (text === undefined) reading.skipped(uri, "it is no text");
        else reading.found(uri, text);
      }),
    );
  };
  await walk(root);
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

async function sizeOf(uri: vscode.Uri): Promise<number> {
  try {
    return (await vscode.workspace.fs.stat(uri)).size;
  } catch {
    return 0;
  }
}

/** The root of the repository that a folder lies in: what `kubectl dbops lint` takes as context. */
export async function repositoryOf(folder: vscode.Uri): Promise<vscode.Uri | undefined> {
  for (let current = folder; current.path.length > 1; current = vscode.Uri.joinPath(current, ".."))
    if (await exists(vscode.Uri.joinPath(current, ".git"))) return current;
  return undefined;
}
