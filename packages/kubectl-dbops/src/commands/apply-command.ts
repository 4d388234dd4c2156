import { type ApplyCommand, appliedFromCommit, appliedFromDisk, pathWord } from "@dbops/core";
import { stagedTree } from "../files/revision.ts";
import type { ReportContext } from "../reporters/reporter.ts";
import type { Sides } from "./diff-sides.ts";

/** The command with which a text is applied: from disk, from git, or as kustomize renders it. */
export function appliedFrom(
  { labels, origins, staged }: Pick<Sides, "labels" | "origins" | "staged">,
  context: ReportContext,
): ApplyCommand {
  let tree: { readonly hash: string | undefined } | undefined;
  return ({ uri, kustomization }) => {
    const folder = origins.has(uri) ? uri : kustomization;
    const { root = "", commit } = labels.find((each) => isBelow(uri, each.root)) ?? {};
    if (commit !== undefined) {
      const below = (folder ?? uri).slice(root.length + 1) || ".";
      return appliedFromCommit(commit, below, folder !== undefined);
    }
    if (uri === "<stdin>") return "kubectl apply -f rendered.yaml # what was piped into this command";
    if (staged !== undefined && isBelow(uri, staged.root)) {
      tree ??= { hash: stagedTree(staged.repository)?.slice(0, 12) };
      return appliedFromIndex(tree.hash, (folder ?? uri).slice(staged.root.length + 1) || ".", folder !== undefined);
    }
    return appliedFromDisk(context.relative(folder ?? uri), folder !== undefined);
  };
}

/** The working tree may have something else. Without a hash it is what is staged when the command runs. */
function appliedFromIndex(hash: string | undefined, below: string, isFolder: boolean): string {
  if (!isFolder) return `git show ${pathWord(`${hash ?? ""}:${below}`)} | kubectl apply -f -`;
  const git = 'git -C "$(git rev-parse --show-toplevel)"';
  const index = hash === undefined ? "" : 'GIT_INDEX_FILE="$tree"/index ';
  return [
    "tree=$(mktemp -d)",
    ...(hash === undefined ? [] : [`${index}${git} read-tree ${hash}`]),
    `${index}${git} checkout-index --all --prefix="$tree"/files/`,
    `kubectl apply -k "$tree"/files/${pathWord(below)}`,
    'rm -r "$tree"',
  ].join(" && ");
}

const isBelow = (uri: string, root: string): boolean => uri === root || uri.startsWith(`${root}/`);
