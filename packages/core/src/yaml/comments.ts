import { append } from "../text/append.ts";
import type { Span } from "../text/span.ts";
import type { Comment } from "./document.ts";
import type { RawNode } from "./raw.ts";

/** Comments of a document: `#` at a line's start or behind a blank, outside every scalar. Offsets are relative to the document. */
export function findComments(text: string, root: RawNode | undefined): readonly Comment[] {
  if (!text.includes("#")) return [];
  const scalars = scalarSpans(root);
  const comments: Comment[] = [];
  let next = 0;
  for (let index = text.indexOf("#"); index >= 0; index = text.indexOf("#", index + 1)) {
    while (next < scalars.length && (scalars[next]?.end ?? 0) <= index) next++;
    const scalar = scalars[next];
    const isInside = scalar !== undefined && scalar.start <= index;
    if (isInside) {
      index = scalar.end - 1;
      continue;
    }
    const before = text[index - 1];
    if (before !== undefined && !/[\s\ufeff]/.test(before)) continue;
    const newline = text.indexOf("\n", index);
    let end = newline < 0 ? text.length : newline;
    if (text[end - 1] === "\r") end--;
    comments.push({ span: { start: index, end }, text: text.slice(index, end) });
    index = end - 1;
  }
  return comments;
}

/** Spans of scalar contents that may hold a `#`, in order. A block scalar's header line may end in a comment of its own. */
function scalarSpans(root: RawNode | undefined): readonly Span[] {
  const spans: Span[] = [];
  const pending: RawNode[] = root === undefined ? [] : [root];
  while (pending.length > 0) {
    const node = pending.pop();
    if (node === undefined || node.kind === "alias") continue;
    if (node.kind === "scalar") {
      const isBlock = node.style === "literal" || node.style === "folded";
      if (node.end > node.start)
        spans.push(isBlock ? { start: node.contentStart, end: node.contentEnd } : { start: node.start, end: node.end });
    } else if (node.kind === "sequence") append(pending, node.items);
    else for (const part of node.pairs) pending.push(part);
  }
  return spans.sort((a, b) => a.start - b.start);
}
