import { SourceFile } from "../text/source-file.ts";
import type { ManifestDocument } from "./document.ts";
import type { PathSegment } from "./node.ts";
import { isYaml, parseDocuments } from "./parse.ts";

/**
 * Whether a changed text still is YAML, for both libraries, has lost no comment, and differs from the old one at the claimed
 * paths only (in any document; a path covers what lies below it).
 */
export function verifyEdits(before: string, after: string, claimed: readonly (readonly PathSegment[])[]): boolean {
  const old = parseDocuments(new SourceFile("before", before), { skipPrefilter: true });
  const changed = parseDocuments(new SourceFile("after", after), { skipPrefilter: true });
  const mayAppend = claimed.some((path) => path.length === 0);
  if (changed.length < old.length || (changed.length > old.length && !mayAppend)) return false;
  for (const [index, document] of changed.entries()) {
    const previous = old[index];
    if (document.state !== "whole" && document.reason !== previous?.reason) return false;
    if (previous === undefined) continue;
    if (!keepsComments(previous, document)) return false;
    if (
      !isEqualBut(
        previous.root?.value ?? null,
        document.root?.value ?? null,
        [],
        claimed.filter((path) => path.length > 0),
      )
    )
      return false;
  }
  return isYaml(after) || !isYaml(before);
}

/** A comment that was swallowed by a value or removed with a key is lost to whoever wrote it. */
function keepsComments(before: ManifestDocument, after: ManifestDocument): boolean {
  const left = after.comments().map(({ text }) => text);
  return before.comments().every(({ text }) => {
    const index = left.indexOf(text);
    if (index >= 0) left.splice(index, 1);
    return index >= 0;
  });
}

function isEqualBut(
  a: unknown,
  b: unknown,
  path: readonly PathSegment[],
  claimed: readonly (readonly PathSegment[])[],
): boolean {
  if (
    claimed.some(
      (claim) =>
        claim.length === path.length && claim.every((segment, index) => String(segment) === String(path[index])),
    )
  )
    return true;
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true;
  if (
    a === null ||
    b === null ||
    typeof a !== "object" ||
    typeof b !== "object" ||
    Array.isArray(a) !== Array.isArray(b)
  )
    return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) =>
    isEqualBut((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key], [...path, key], claimed),
  );
}
