import { execFileSync } from "node:child_process";
import path from "node:path";
import { UsageError } from "../io.ts";

/** The root of the git repository that holds a folder; undefined outside one. */
export function repositoryOf(folder: string, exists: (file: string) => boolean): string | undefined {
  for (let current = folder; ; current = path.dirname(current)) {
    if (exists(path.join(current, ".git"))) return current;
    if (path.dirname(current) === current) return undefined;
  }
}

/** Which changes are meant: since a revision (with what is not committed), staged, or all that differs from HEAD. */
export type Changes = { readonly since: string } | "staged" | "changed";

/**
 * Absolute paths of files that changed and still exist. A branch that has moved on is compared where this one left it, so that the
 * others' changes do not count. @throws UsageError when git is missing or does not know the revision
 */
export function changedFiles(root: string, what: Changes): readonly string[] {
  const diff = (...words: string[]): readonly string[] =>
    names(runGit(root, "diff", "--name-only", "-z", "--diff-filter=d", ...words, "--"));
  const untracked = (): readonly string[] =>
    names(runGit(root, "ls-files", "--others", "--exclude-standard", "-z", "--full-name"));
  const found =
    what === "staged"
      ? diff("--cached")
      : [...diff(what === "changed" ? "HEAD" : branchPoint(root, what.since)), ...untracked()];
  const top = runGit(root, "rev-parse", "--show-toplevel").trim();
  return [...new Set(found)].map((name) => path.join(top, name));
}

/** The commit at which the working tree left a revision. @throws UsageError when git does not know it */
export function branchPoint(root: string, revision: string): string {
  const commit = commitOf(root, revision);
  if (commit === undefined)
    throw new UsageError(
      `git has no revision ${revision} here${isShallow(root) ? "; this clone is shallow: fetch it first, or clone with its history" : ""}`,
    );
  try {
    return runGit(root, "merge-base", commit, "HEAD").trim();
  } catch {
    return commit; // no common history
  }
}

/** The commit that a revision names; undefined: there is none. */
export function commitOf(root: string, revision: string): string | undefined {
  try {
    return runGit(root, "rev-parse", "--verify", "--end-of-options", `${revision}^{commit}`).trim();
  } catch {
    return undefined;
  }
}

/** The clone has only a part of the history. */
export function isShallow(root: string): boolean {
  return runGit(root, "rev-parse", "--is-shallow-repository").trim() === "true";
}

/** What git prints. @throws UsageError with its last words */
export function runGit(root: string, ...words: readonly string[]): string {
  try {
    return execFileSync("git", ["-C", root, "-c", "core.quotePath=false", ...words], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      maxBuffer: 1 << 28,
    });
  } catch (error) {
    const lines = (error as { stderr?: string }).stderr?.trim().split("\n");
    const reason = lines?.find((line) => line.startsWith("fatal: ")) ?? lines?.at(-1) ?? "git is not installed";
    throw new UsageError(`git ${words[0]} failed: ${reason.replace(/^fatal: /, "")}`);
  }
}

function names(text: string): readonly string[] {
  return text.split("\0").filter((name) => name !== "");
}
