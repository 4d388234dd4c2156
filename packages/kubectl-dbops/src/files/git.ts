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

/**
 * Absolute paths of files that changed: since a revision (with what is not committed), staged, or against HEAD.
 * @throws UsageError when git is missing or does not know the revision
 */
export function changedFiles(root: string, what: { readonly since: string } | "staged" | "changed"): readonly string[] {
  const git = (...words: string[]): string => {
    try {
      return execFileSync("git", ["-C", root, "-c", "core.quotePath=false", ...words], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
        maxBuffer: 1 << 28,
      });
    } catch (error) {
      const reason = (error as { stderr?: string }).stderr?.trim().split("\n").at(-1) ?? "git is not installed";
      throw new UsageError(`git ${words[0]} failed: ${reason.replace(/^fatal: /, "")}`);
    }
  };
  const names = (text: string): readonly string[] => text.split("\0").filter((name) => name !== "");
  const diff = (...words: string[]): readonly string[] =>
    names(git("diff", "--name-only", "-z", "--diff-filter=d", ...words));
  const untracked = (): readonly string[] =>
    names(git("ls-files", "--others", "--exclude-standard", "-z", "--full-name"));
  const found =
    what === "staged"
      ? diff("--cached")
      : what === "changed"
        ? [...diff("HEAD"), ...untracked()]
        : [...diff(what.since), ...untracked()];
  const top = git("rev-parse", "--show-toplevel").trim();
  return [...new Set(found)].map((name) => path.join(top, name));
}
