import { printable } from "../../text/printable.ts";
import { quoted } from "./shell.ts";

/** A path as a word for a POSIX shell, on one line. */
export function pathWord(path: string): string {
  return quoted(printable(path));
}

/** Applies a file, or the folder of a kustomization, that is on disk. */
export function appliedFromDisk(path: string, isFolder: boolean): string {
  return `kubectl apply ${isFolder ? "-k" : "-f"} ${pathWord(path)}`;
}

/** Applies them as a commit has them. It is named by its hash: a branch moves on, and HEAD does with the next commit. */
export function appliedFromCommit(commit: string, path: string, isFolder: boolean): string {
  const revision = commit.slice(0, 12);
  return isFolder
    ? `tree=$(mktemp -d)/tree && git worktree add -q --detach "$tree" ${revision} && kubectl apply -k "$tree"/${pathWord(path)} && git worktree remove "$tree"`
    : `git show ${pathWord(`${revision}:${path}`)} | kubectl apply -f -`;
}
