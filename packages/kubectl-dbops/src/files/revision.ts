import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { isConfigFile, isWorthReading, mayHoldManifests, SourceFile, skippedFolders } from "@dbops/core";
import { UsageError } from "../io.ts";
import { decodeBytes } from "./decode.ts";
import { runGit } from "./git.ts";
import { largestFile } from "./read-stream.ts";

/** What is read of a repository without a checkout: a commit, or what is staged. */
export type Snapshot = { readonly commit: string } | "index";

/** The manifests of a snapshot, under a root that no folder on disk has. */
export interface Tree {
  readonly files: readonly SourceFile[];
  readonly configs: readonly SourceFile[];
  /** One line each, about files that git names and cannot give. */
  readonly errors: readonly string[];
  /** Every path of the snapshot, from the root of the repository. */
  readonly paths: ReadonlySet<string>;
}

interface Entry {
  readonly mode: string;
  readonly blob: string;
  readonly path: string;
}

/** Bytes of objects that are asked of git at once. */
const portion = 64 * 1024 * 1024;

/**
 * Reads every manifest of a snapshot from git's objects: folders that nobody reads are left out on both sides of a comparison.
 * @throws UsageError when git fails
 */
export function readTree(repository: string, snapshot: Snapshot, root: string, label: string): Tree {
  const entries = entriesOf(repository, snapshot);
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  const errors: string[] = [];
  const wanted = entries.filter(({ path: name }) => isRead(name));
  const texts = blobs(repository, [...new Set(wanted.map(({ blob }) => blob))]);
  const files: SourceFile[] = [];
  const configs: SourceFile[] = [];
  for (const entry of wanted) {
    const bytes = contentOf(entry, byPath, texts, repository);
    if (bytes === undefined || bytes === "missing" || bytes === "large") {
      if (bytes === "missing") errors.push(`${label}${entry.path}: git does not have its content here`);
      if (bytes === "large") errors.push(`${label}${entry.path}: too large to read`);
      continue;
    }
    const text = decodeBytes(bytes);
    if (text === undefined || !isWorthReading(entry.path, text)) continue; // binary, or no manifest
    const file = new SourceFile(`${root}/${entry.path}`, text);
    (isConfigFile(path.posix.basename(entry.path)) ? configs : files).push(file);
  }
  return { files, configs, errors, paths: new Set(byPath.keys()) };
}

/** Writes a snapshot into a temporary folder, for kubectl kustomize; the caller removes it. @throws UsageError */
export function exportTree(repository: string, snapshot: Snapshot): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "dbops-revision-")));
  const tree = path.join(folder, "tree");
  mkdirSync(tree);
  const prefix = `--prefix=${tree}/`;
  if (snapshot === "index") runGit(repository, "checkout-index", "--all", prefix);
  else {
    // An index of its own: that of the repository stays as it is.
    const env = { GIT_INDEX_FILE: path.join(folder, "index") };
    runGitWith(repository, env, "read-tree", snapshot.commit);
    runGitWith(repository, env, "checkout-index", "--all", prefix);
  }
  return tree;
}

/**
 * The hash of what is staged as a tree, which the next commit has too; undefined: git cannot write it (a merge with conflicts, a folder that is closed
 * to us).
 */
export function stagedTree(repository: string): string | undefined {
  try {
    return runGit(repository, "write-tree").trim();
  } catch {
    return undefined;
  }
}

function runGitWith(repository: string, env: Readonly<Record<string, string>>, ...words: readonly string[]): void {
  try {
    execFileSync("git", ["-C", repository, ...words], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
  } catch (error) {
    const reason =
      String((error as { stderr?: Buffer }).stderr ?? "")
        .trim()
        .split("\n")
        .at(-1) ?? "";
    throw new UsageError(`git ${words[0]} failed: ${reason.replace(/^(fatal|error): /, "")}`);
  }
}

function isRead(name: string): boolean {
  const folders = name.split("/");
  const base = folders.pop() ?? "";
  return mayHoldManifests(base) && !folders.some((folder) => skippedFolders.has(folder));
}

function entriesOf(repository: string, snapshot: Snapshot): readonly Entry[] {
  const text =
    snapshot === "index"
      ? runGit(repository, "ls-files", "--stage", "--full-name", "-z")
      : runGit(repository, "ls-tree", "-r", "--full-tree", "-z", snapshot.commit);
  return text.split("\0").flatMap((line): readonly Entry[] => {
    const tab = line.indexOf("\t");
    const words = line.slice(0, Math.max(0, tab)).split(" ");
    const [mode = "", second = "", third = ""] = words;
    const blob = snapshot === "index" ? second : third;
    return tab < 0 || blob === "" ? [] : [{ mode, blob, path: line.slice(tab + 1) }];
  });
}

/** A link is what it leads to, where that is in the snapshot too. */
function contentOf(
  { mode, blob, path: name }: Entry,
  byPath: ReadonlyMap<string, Entry>,
  texts: ReadonlyMap<string, Buffer | "missing" | "large">,
  repository: string,
): Buffer | "missing" | "large" | undefined {
  const content = texts.get(blob);
  if (mode === "160000") return undefined; // a submodule
  if (mode !== "120000" || !Buffer.isBuffer(content)) return content;
  const target = byPath.get(path.posix.join(path.posix.dirname(name), content.toString("utf8")));
  if (target === undefined || target.mode === "120000") return undefined;
  return texts.get(target.blob) ?? blobs(repository, [target.blob]).get(target.blob);
}

/** The contents of objects, asked for in portions. */
function blobs(repository: string, ids: readonly string[]): ReadonlyMap<string, Buffer | "missing" | "large"> {
  const found = new Map<string, Buffer | "missing" | "large">();
  if (ids.length === 0) return found;
  const sizes = ask(repository, "--batch-check", ids).toString("utf8").split("\n");
  let next: string[] = [];
  let bytes = 0;
  const fetch = (): void => {
    if (next.length > 0) readBatch(ask(repository, "--batch", next), found);
    next = [];
    bytes = 0;
  };
  for (const [index, id] of ids.entries()) {
    const [, type, size] = (sizes[index] ?? "").split(" ");
    if (type !== "blob") found.set(id, "missing");
    else if (Number(size) > largestFile) found.set(id, "large");
    else {
      next.push(id);
      bytes += Number(size);
      if (bytes > portion) fetch();
    }
  }
  fetch();
  return found;
}

/** `<id> blob <size>\n<content>\n`, again and again. https://git-scm.com/docs/git-cat-file#_batch_output */
function readBatch(output: Buffer, found: Map<string, Buffer | "missing" | "large">): void {
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf(10, at);
    if (end < 0) return;
    const [id = "", type, size = "0"] = output.toString("utf8", at, end).split(" ");
    at = end + 1;
    if (type !== "blob") continue;
    found.set(id, output.subarray(at, at + Number(size)));
    at += Number(size) + 1;
  }
}

function ask(repository: string, mode: string, ids: readonly string[]): Buffer {
  try {
    return execFileSync("git", ["-C", repository, "cat-file", mode], {
      input: `${ids.join("\n")}\n`,
      stdio: ["pipe", "pipe", "pipe"],
      maxBuffer: 2 * portion + largestFile,
    });
  } catch {
    throw new UsageError("git cat-file failed: the repository cannot be read");
  }
}
