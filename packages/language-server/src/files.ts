import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import type { FileStat, FileSystem } from "@dbops/session";
import { URI, Utils } from "vscode-uri";

/** undefined: nothing is there, or something that is neither file nor folder: reading a pipe would wait forever. */
async function statOf(file: string): Promise<FileStat | undefined> {
  try {
    const found = await stat(file);
    return found.isFile() || found.isDirectory() ? { isFolder: found.isDirectory(), size: found.size } : undefined;
  } catch {
    return undefined;
  }
}

/** Files on this machine's disk; those of other schemes are not there. */
export const diskFiles: FileSystem<URI> = {
  join: (folder, ...names) => Utils.joinPath(folder, ...names),
  absolute: (_near, file) => URI.file(file),
  stat: async (uri) => (uri.scheme === "file" ? statOf(uri.fsPath) : undefined),
  read: (uri) => readFile(uri.fsPath),
  list: async (folder) => {
    try {
      const entries = await readdir(folder.fsPath, { withFileTypes: true });
      const read = entries.map(async (entry) => {
        const isLink = entry.isSymbolicLink();
        const isFolder = isLink
          ? (await statOf(path.join(folder.fsPath, entry.name)))?.isFolder
          : entry.isDirectory() || (entry.isFile() ? false : undefined);
        return isFolder === undefined ? [] : [{ name: entry.name, isFolder, isLink }];
      });
      return (await Promise.all(read)).flat();
    } catch {
      return []; // gone meanwhile, or not to be read
    }
  },
};
