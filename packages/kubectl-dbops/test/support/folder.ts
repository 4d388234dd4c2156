import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

export const manifestsFolder = path.join(import.meta.dirname, "../manifests");

const made: string[] = [];

/** A folder of its own outside any repository, with these files; all of them go when the tests end. */
export function folderWith(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "dbops-test-")));
  made.push(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
  return folder;
}

/** A copy of the manifests that the tests share. */
export function shopFolder(): string {
  const folder = folderWith({});
  cpSync(manifestsFolder, folder, { recursive: true });
  return folder;
}

/** Runs git in a folder as somebody who has a name. */
export function git(folder: string, ...words: readonly string[]): string {
  return execFileSync("git", ["-C", folder, "-c", "user.name=Ada", "-c", "user.email=ada@example.com", ...words], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Makes the folder a git repository with all its files committed. */
export function commitAll(folder: string): void {
  git(folder, "init", "-q", "-b", "main");
  git(folder, "add", "-A");
  git(folder, "commit", "-q", "-m", "first");
}

after(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});
