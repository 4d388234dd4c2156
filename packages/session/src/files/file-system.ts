/** Where a file is, as editors name it: a URI in its parts. `vscode.Uri` and the `URI` of the npm package vscode-uri are such. */
export interface FileUri {
  readonly scheme: string;
  readonly authority: string;
  /** Decoded, with forward slashes: `/c:/shop/db.yaml` on Windows. */
  readonly path: string;
  /** @param skipEncoding without percent signs */
  toString(skipEncoding?: boolean): string;
}

/** The core names files by their uris without percent signs, so that globs and relative paths read as people write them. */
export function nameOf(uri: FileUri): string {
  return uri.toString(true);
}

/** What is at a place: a file, or a folder. */
export interface FileStat {
  readonly isFolder: boolean;
  /** In bytes. */
  readonly size: number;
}

/** An entry of a folder; of a link, what it leads to. */
export interface FolderEntry {
  readonly name: string;
  readonly isFolder: boolean;
  readonly isLink: boolean;
}

/** The files that a host reads, on a disk or in another file system that an editor knows. */
export interface FileSystem<U extends FileUri> {
  join(folder: U, ...names: readonly string[]): U;
  /** The place with an absolute path in the file system of another place. */
  absolute(near: U, path: string): U;
  /** undefined: nothing is there, or nothing that can be read. */
  stat(uri: U): Promise<FileStat | undefined>;
  /** @throws Error where the file is gone or cannot be read */
  read(uri: U): Promise<Uint8Array>;
  /** Nothing where the folder is gone or cannot be read. */
  list(folder: U): Promise<readonly FolderEntry[]>;
}

/** Something that ends. */
export interface Disposable {
  dispose(): void;
}

/** What is told of a folder's files while they change. */
export interface FileEvents<U extends FileUri> {
  /** A .gitignore came, changed or went. */
  ignoring(): void;
  /** A file that may be read came, changed or went. */
  written(uri: U): void;
  /** A file or folder came: a folder that is moved does not always say what is in it. */
  created(uri: U): void;
  /** A file or folder went. */
  deleted(uri: U): void;
}

/** What a host does with lines about its work. */
export interface Log {
  debug(line: string): void;
  info(line: string): void;
  warn(line: string): void;
  error(line: string): void;
}
