import { type ApplyCommand, printable } from "@dbops/core";
import type { ReportContext } from "../reporters/reporter.ts";
import type { Sides } from "./diff-sides.ts";

/** A word for a POSIX shell, on one line. */
function word(text: string): string {
  const shown = printable(text);
  return /^[\w@%+=:,./-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", `'\\''`)}'`;
}

/** The command with which a text is applied: from disk, from git, or as kustomize renders it. */
export function appliedFrom(
  { labels, origins }: Pick<Sides, "labels" | "origins">,
  context: ReportContext,
): ApplyCommand {
  return ({ uri, kustomization }) => {
    const folder = origins.has(uri) ? uri : kustomization;
    const label = labels.find(({ root, label: text }) => text !== "" && uri.startsWith(`${root}/`));
    if (label !== undefined) {
      const revision = label.label.slice(0, -1);
      const below = (place: string): string => place.slice(label.root.length + 1);
      return folder === undefined
        ? `git show ${word(`${revision}:${below(uri)}`)} | kubectl apply -f -`
        : `git worktree add --detach ../before ${word(revision)} && kubectl apply -k ${word(`../before/${below(folder)}`)}`;
    }
    if (uri === "<stdin>") return "kubectl apply -f rendered.yaml # what was piped into this command";
    return folder === undefined
      ? `kubectl apply -f ${word(context.relative(uri))}`
      : `kubectl apply -k ${word(context.relative(folder))}`;
  };
}
