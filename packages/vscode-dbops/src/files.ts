import type { FileSource } from "@dbops/session";
import * as vscode from "vscode";

const { workspace, FileType } = vscode;

const isFolder = (type: vscode.FileType): boolean => (type & FileType.Directory) !== 0;

/** Files as VS Code knows them: on disk, in a browser, in a repository far away. */
export const files: FileSource<vscode.Uri> = {
  files: {
    join: (folder, ...names) => vscode.Uri.joinPath(folder, ...names),
    absolute: ({ scheme }, path) => vscode.Uri.file(path).with({ scheme }),
    stat: async (uri) => {
      try {
        const { type, size } = await workspace.fs.stat(uri);
        return { isFolder: isFolder(type), size };
      } catch {
        return undefined;
      }
    },
    read: async (uri) => workspace.fs.readFile(uri),
    list: async (folder) => {
      try {
        const entries = await workspace.fs.readDirectory(folder);
        return entries.map(([name, type]) => ({
          name,
          isFolder: isFolder(type),
          isLink: (type & FileType.SymbolicLink) !== 0,
        }));
      } catch {
        return []; // gone meanwhile, or not to be read
      }
    },
  },
  watch: (root, { ignoring, written, created, deleted }) => {
    const watch = (glob: string): vscode.FileSystemWatcher =>
      workspace.createFileSystemWatcher(new vscode.RelativePattern(root, glob));
    const ignores = watch("**/.gitignore");
    const manifests = watch("**/{*.yaml,*.yml,*.json,Kustomization}");
    const all = watch("**");
    return vscode.Disposable.from(
      ignores,
      ignores.onDidCreate(ignoring),
      ignores.onDidChange(ignoring),
      ignores.onDidDelete(ignoring),
      manifests,
      all,
      manifests.onDidCreate(written),
      manifests.onDidChange(written),
      // A folder that comes or goes does not always say what is in it.
      all.onDidCreate(created),
      all.onDidDelete(deleted),
    );
  },
};
