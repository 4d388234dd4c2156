import { mayHoldManifests, skippedFolders } from "@dbops/core";
import { decode } from "./decode.ts";
import type { FileSystem, FileUri } from "./file-system.ts";
import type { IgnoredFiles } from "./ignored-files.ts";

/** Files above this are not read as context; opened, they are announced. */
const largestFile = 8 * 1024 * 1024;

/** A file as text, or why it is not read. */
export async function readText<U extends FileUri>(
  files: FileSystem<U>,
  uri: U,
): Promise<{ readonly text: string } | { readonly why: string }> {
  const unreadable = { why: "it is gone again, or cannot be read" };
  try {
    const found = await files.stat(uri);
    if (found === undefined || found.isFolder) return unreadable;
    if (found.size > largestFile) return { why: "it is too large" };
    const text = decode(await files.read(uri));
    return text === undefined ? { why: "it is not text" } : { text };
  } catch {
    return unreadable;
  }
}

function below({ path }: FileUri): string {
  return path.endsWith("/") ? path : `${path}/`;
}

/** Whether one lies in the other, or is it. */
export function isBelow(uri: FileUri, folder: FileUri): boolean {
  return `${uri.path}/`.startsWith(below(folder));
}

/** What reading a folder tells. */
export interface Reading<U extends FileUri> {
  readonly files: FileSystem<U>;
  /** Read whatever ignores it. */
  readonly opened: U;
  found(uri: U, text: string): void;
  skipped(uri: U, why: string): void;
  /** Asked before each folder and file. */
  isWanted(uri: U): boolean;
}

/** Everything below a folder that may be a manifest or a configuration, less what .gitignore names and git does not track. */
export async function readFolder<U extends FileUri>(
  root: U,
  ignored: IgnoredFiles,
  reading: Reading<U>,
): Promise<void> {
  const { files, opened } = reading;
  const index = await gitIndexOf(files, root);
  if (index !== undefined) ignored.track(root.path, index);
  const walk = async (folder: U): Promise<void> => {
    const entries = await files.list(folder);
    if (entries.some(({ name }) => name === ".gitignore")) {
      const own = await readText(files, files.join(folder, ".gitignore"));
      if ("text" in own) ignored.add(folder.path, own.text);
    }
    if (folder.path === opened.path) ignored.admit(folder.path);
    await Promise.all(
      entries.map(async ({ name, isFolder, isLink }) => {
        const uri = files.join(folder, name);
        const leadsToOpened = isFolder && isBelow(opened, uri);
        if (!leadsToOpened) {
          if (isFolder && (skippedFolders.has(name) || isLink)) return;
          if (!isFolder && !mayHoldManifests(name)) return;
          if (ignored.has(uri.path + (isFolder ? "/" : ""))) return;
        }
        if (!reading.isWanted(uri)) return;
        if (isFolder) return walk(uri);
        const read = await readText(files, uri);
        if ("text" in read) reading.found(uri, read.text);
        else reading.skipped(uri, read.why);
      }),
    );
  };
  await walk(root);
}

/** undefined: no repository, nothing was added yet, or a file system that has no git. */
async function gitIndexOf<U extends FileUri>(files: FileSystem<U>, root: U): Promise<Uint8Array | undefined> {
  const git = files.join(root, ".git");
  try {
    if ((await files.stat(git))?.isFolder === true) return await files.read(files.join(git, "index"));
    // Of a worktree or a submodule it is a file that names the folder.
    const named = decode(await files.read(git))
      ?.replace(/^gitdir: /, "")
      .trim();
    if (named === undefined) return undefined;
    const folder = /^(?:\/|[A-Za-z]:)/.test(named) ? files.absolute(root, named) : files.join(root, named);
    return await files.read(files.join(folder, "index"));
  } catch {
    return undefined;
  }
}

/** The root of the repository that a folder is in: what `kubectl dbops lint` takes as context. */
export async function repositoryOf<U extends FileUri>(files: FileSystem<U>, folder: U): Promise<U | undefined> {
  for (let current = folder; ; ) {
    if ((await files.stat(files.join(current, ".git"))) !== undefined) return current;
    const parent = files.join(current, "..");
    if (parent.path === current.path) return undefined; // `/`, and `/c:/` on Windows
    current = parent;
  }
}
