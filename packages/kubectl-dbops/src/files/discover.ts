import {
  type Dirent,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  realpathSync,
  type Stats,
  statSync,
} from "node:fs";
import path from "node:path";
import {
  isConfigFile,
  isSql,
  isWorthReading,
  matchesGlob,
  mayHoldManifests,
  SourceFile,
  skippedFolders,
} from "@dbops/core";
import { decodeBytes } from "./decode.ts";
import { repositoryOf } from "./git.ts";
import { Ignored } from "./ignored.ts";
import { isSubstitution, largestFile, readPipe } from "./read-stream.ts";
import { manyFiles, tuneForReading } from "./tune-v8.ts";

export interface DiscoverOptions {
  readonly cwd: string;
  readonly paths: readonly string[];
  readonly readsIgnored: boolean;
  readonly exclude: readonly string[];
  /** Called after each file, with their number. */
  readonly onRead?: (count: number) => void;
  /** Files of SQL that have changed: those below a folder that is asked for are asked for, too. */
  readonly scripts?: ReadonlySet<string>;
  /** none: only what the paths name is read, and each folder given is its own root. Default: the repository around it. */
  readonly context?: "repository" | "none";
}

/** What was found on disk. */
export interface Discovered {
  readonly root: string;
  readonly files: readonly SourceFile[];
  readonly configs: readonly SourceFile[];
  readonly requested: ReadonlySet<string>;
  /** One line each: missing paths, unreadable files. They make the exit code 2. */
  readonly errors: readonly string[];
  readonly unmatched: readonly string[];
  readonly skipped: readonly { readonly path: string; readonly why: string }[];
}

/**
 * Reads what the paths name and, as context, what else lies under the root: the repository; without one the folders given, and
 * for a single file its own folder without what lies below.
 */
export function discover(options: DiscoverOptions): Discovered {
  const walk = new Walk(options);
  for (const given of options.paths) walk.ask(given);
  walk.readContext();
  return walk.result();
}

class Walk {
  readonly #options: DiscoverOptions;
  readonly #files = new Map<string, SourceFile>();
  readonly #configs = new Map<string, SourceFile>();
  readonly #requested = new Set<string>();
  readonly #errors: string[] = [];
  readonly #unmatched: string[] = [];
  readonly #skipped: { path: string; why: string }[] = [];
  readonly #seenFolders = new Set<string>();
  readonly #requestedFolders = new Set<string>();
  readonly #lonelyFolders = new Set<string>();
  readonly #repositories = new Set<string>();
  readonly #ignored: Ignored;

  constructor(options: DiscoverOptions) {
    this.#options = options;
    this.#ignored = new Ignored(this.#repositories, options.readsIgnored);
  }

  ask(given: string): void {
    const absolute = toPosix(path.resolve(this.#options.cwd, given));
    const stats = statOf(absolute);
    if (stats === undefined) {
      if (/[*?{[]/.test(given)) this.#askGlob(given);
      else if (isLink(absolute)) this.#errors.push(`${given}: ${reasonOfLink(absolute)}`);
      else {
        this.#unmatched.push(given);
        this.#errors.push(`${given}: no such file or folder`);
      }
      return;
    }
    const folder = stats.isDirectory() ? absolute : toPosix(path.dirname(absolute));
    const repository = this.#options.context === "none" ? undefined : repositoryOf(folder, existsSync);
    if (repository !== undefined) this.#repositories.add(toPosix(repository));
    if (stats.isDirectory()) {
      this.#requestedFolders.add(absolute);
      this.#ignored.admit(absolute);
      this.#readFolder(absolute, "requested");
      for (const script of this.#options.scripts ?? [])
        if (script.startsWith(`${absolute}/`)) this.#askFile(script, "requested");
    } else {
      if (repository === undefined) this.#lonelyFolders.add(folder);
      this.#askFile(absolute, "named");
    }
  }

  #askFile(file: string, why: "named" | "requested"): void {
    this.#readFile(file, why);
    if (!this.#files.has(file)) return;
    this.#requested.add(file);
    if (isSql(file)) this.#readScriptsBeside(file);
  }

  /** The migrations that ran before a script, as context; Prisma and Diesel have a folder for each. */
  #readScriptsBeside(script: string): void {
    const folder = path.posix.dirname(script);
    const isAlone = /\/(?:migration|up)\.sql$/i.test(script);
    const above = path.posix.dirname(folder);
    const folders = isAlone ? entriesOf(above).map(({ name }) => `${above}/${name}`) : [folder];
    for (const each of folders) {
      if (this.#seenFolders.has(`scripts ${each}`)) continue;
      this.#seenFolders.add(`scripts ${each}`);
      for (const entry of entriesOf(each))
        if (entry.isFile() && isSql(entry.name)) this.#readFile(`${each}/${entry.name}`, "context");
    }
  }

  #askGlob(given: string): void {
    const fixed = given.split("/").slice(
      0,
      given.split("/").findIndex((part) => /[*?{[]/.test(part)),
    );
    const base = toPosix(path.resolve(this.#options.cwd, fixed.join("/") || (given.startsWith("/") ? "/" : ".")));
    const pattern = toPosix(path.resolve(this.#options.cwd, given)).slice(1);
    if (statOf(base) !== undefined) {
      const repository = repositoryOf(base, existsSync);
      if (repository !== undefined) this.#repositories.add(toPosix(repository));
      this.#ignored.admit(base);
      this.#readFolder(base, "context");
    }
    if (isSql(given)) this.#readScriptsUnder(base);
    const found = [...this.#files.keys()].filter((uri) => matchesGlob(pattern, uri.slice(1)));
    if (found.length === 0) {
      this.#unmatched.push(given);
      this.#errors.push(`${given}: matches no file`);
    }
    for (const uri of found) this.#requested.add(uri);
  }

  #readScriptsUnder(folder: string): void {
    for (const entry of entriesOf(folder)) {
      const child = childOf(folder, entry.name);
      if (entry.isDirectory() && !skippedFolders.has(entry.name) && !this.#ignored.has(`${child}/`))
        this.#readScriptsUnder(child);
      else if (entry.isFile() && isSql(entry.name)) this.#readFile(child, "context");
    }
  }

  readContext(): void {
    for (const repository of this.#repositories) this.#readFolder(repository, "context");
    for (const folder of this.#options.context === "none" ? [] : this.#lonelyFolders) {
      for (const entry of entriesOf(folder))
        if (entry.isFile() && mayHoldManifests(entry.name)) this.#readFile(childOf(folder, entry.name), "context");
    }
    // Configurations up to the root hold too, also above a folder that is not in a repository.
    for (const root of this.#repositories)
      for (const entry of entriesOf(root))
        if (isConfigFile(entry.name)) this.#readFile(childOf(root, entry.name), "context");
  }

  result(): Discovered {
    const roots = [
      ...this.#repositories,
      ...[...this.#requestedFolders, ...this.#lonelyFolders].filter(
        (folder) => ![...this.#repositories].some((root) => folder === root || folder.startsWith(`${root}/`)),
      ),
    ];
    return {
      root: commonFolder(roots.length === 0 ? [toPosix(this.#options.cwd)] : roots),
      files: [...this.#files.values()].sort((a, b) => (a.uri < b.uri ? -1 : 1)),
      configs: [...this.#configs.values()],
      requested: this.#requested,
      errors: this.#errors,
      unmatched: this.#unmatched,
      skipped: this.#skipped,
    };
  }

  /** `real`: where the folder lies without links; a folder below a real one needs no look at the disk for that. */
  #readFolder(folder: string, why: "requested" | "context", real = realPathOf(folder)): void {
    const isRequested = why === "requested";
    if (typeof real !== "string") {
      if (isRequested) this.#errors.push(`${this.#relative(folder)}: ${real.reason}`);
      return;
    }
    // Links may lead in circles: each real folder is read once. What was requested is context already.
    if (this.#seenFolders.has(`requested ${real}`) || this.#seenFolders.has(`${why} ${real}`)) return;
    this.#seenFolders.add(`${why} ${real}`);
    let entries: readonly Dirent[];
    try {
      entries = readdirSync(folder, { withFileTypes: true });
    } catch (error) {
      if (isRequested) this.#errors.push(`${this.#relative(folder)}: ${reasonOf(error)}`);
      return;
    }
    for (const entry of entries) {
      const child = childOf(folder, entry.name);
      const stats = entry.isSymbolicLink() ? statOf(child) : entry;
      if (stats === undefined) {
        if (isRequested && mayHoldManifests(entry.name))
          this.#errors.push(`${this.#relative(child)}: ${reasonOfLink(child)}`);
        continue;
      }
      if (stats.isDirectory()) {
        if (skippedFolders.has(entry.name) || this.#ignored.has(`${child}/`))
          this.#skipped.push({ path: child, why: "an ignored folder" });
        else this.#readFolder(child, why, entry.isSymbolicLink() ? realPathOf(child) : `${real}/${entry.name}`);
        continue;
      }
      if (!stats.isFile() || !mayHoldManifests(entry.name)) continue;
      this.#readFile(child, why);
      if (isRequested && this.#files.has(child)) this.#requested.add(child);
    }
  }

  #readFile(file: string, why: "named" | "requested" | "context"): void {
    if (this.#files.has(file) || this.#configs.has(file)) return;
    const name = file.slice(file.lastIndexOf("/") + 1);
    if (why !== "named" && this.#ignored.has(file)) {
      this.#skipped.push({ path: file, why: ".gitignore lists it" });
      return;
    }
    if (why === "context" && !mayHoldManifests(name) && !isSql(name)) return;
    try {
      const stats = statSync(file);
      // Reading a pipe would wait for its writer, a device may never end. (`<(helm template …)` is a pipe too, and is read.)
      const isPipe = isSubstitution(file, stats);
      if (!stats.isFile() && !isPipe) {
        this.#errors.push(`${this.#relative(file)}: not a regular file`);
        return;
      }
      const { size } = stats;
      if (size > largestFile) {
        if (why !== "context")
          this.#errors.push(`${this.#relative(file)}: ${Math.round(size / 1024 / 1024)} MB, too large to read`);
        return;
      }
      // Nearly every file is UTF-8, which Node reads fastest; what does not look like it is read again as bytes. A pipe is read once.
      const utf8 = isPipe ? "\0" : readFileSync(file, "utf8");
      const isOdd = utf8.includes("\0") || utf8.includes("\ufffd");
      const bytes = isPipe ? readPipe(file) : isOdd ? readFileSync(file) : undefined;
      if (isPipe && bytes === undefined) {
        this.#errors.push(`${this.#relative(file)}: more than ${largestFile / 1024 / 1024} MB, too large to read`);
        return;
      }
      const text = bytes === undefined ? utf8 : decodeBytes(bytes);
      if (text === undefined) {
        if (why === "named") this.#errors.push(`${this.#relative(file)}: not a text file`);
        else this.#skipped.push({ path: file, why: "it is binary" });
        return;
      }
      if (isConfigFile(name)) {
        this.#configs.set(file, new SourceFile(file, text));
        return;
      }
      if (!isWorthReading(name, text)) {
        if (why === "named") this.#skipped.push({ path: file, why: "it is JSON but not a manifest" });
        return;
      }
      this.#files.set(file, new SourceFile(file, text));
      this.#options.onRead?.(this.#files.size);
      if (this.#files.size === manyFiles) tuneForReading();
    } catch (error) {
      if (why === "context") this.#skipped.push({ path: file, why: reasonOf(error) });
      else this.#errors.push(`${this.#relative(file)}: ${reasonOf(error)}`);
    }
  }

  #relative(file: string): string {
    return toPosix(path.relative(this.#options.cwd, file)) || ".";
  }
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function realPathOf(folder: string): string | { readonly reason: string } {
  try {
    return realpathSync.native(folder);
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

function statOf(file: string): Stats | undefined {
  try {
    return statSync(file);
  } catch {
    return undefined;
  }
}

function isLink(file: string): boolean {
  try {
    return lstatSync(file).isSymbolicLink();
  } catch {
    return false;
  }
}

/** Why a link cannot be followed. */
function reasonOfLink(file: string): string {
  try {
    statSync(file);
    return "it cannot be read";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? "a broken symlink" : reasonOf(error);
  }
}

/** What the operating system said, in words. */
export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "EACCES" || code === "EPERM") return "permission denied";
  if (code === "ENOENT") return "no such file or folder";
  if (code === "ENOSPC") return "no space left on the disk";
  if (code === "EDQUOT") return "the disk quota is used up";
  if (code === "EROFS") return "the file system is read-only";
  if (code === "ELOOP") return "a symlink loop";
  return code ?? (error instanceof Error ? error.message : String(error));
}

export function toPosix(file: string): string {
  return path.sep === "/" ? file : file.replaceAll(path.sep, "/");
}

function childOf(folder: string, name: string): string {
  return folder.endsWith("/") ? `${folder}${name}` : `${folder}/${name}`;
}

function commonFolder(folders: readonly string[]): string {
  let common = (folders[0] ?? "").split("/");
  for (const folder of folders) {
    const parts = folder.split("/");
    let length = 0;
    while (length < common.length && common[length] === parts[length]) length++;
    common = common.slice(0, length);
  }
  return common.join("/");
}
