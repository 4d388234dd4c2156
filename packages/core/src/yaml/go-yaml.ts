import { append } from "../text/append.ts";
import { entriesOf, type RawNode } from "./raw.ts";

interface Refusal {
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

/**
 * What js-yaml reads and go-yaml v2 refuses: tabs as indentation, two escapes, keys that are long or span lines.
 * Measured with kubectl 1.27, 1.32 and 1.33.
 */
export function refusedByGoYaml(text: string, root: RawNode | undefined): readonly Refusal[] {
  const refusals: Refusal[] = [];
  if (root === undefined) return refusals;
  const opaque: { start: number; end: number }[] = [];
  const pending: RawNode[] = [root];
  while (pending.length > 0) {
    const node = pending.pop();
    if (node === undefined || node.kind === "alias") continue;
    if (node.kind === "scalar") {
      if (node.style !== "plain") opaque.push(node);
      if (node.style === "double") append(refusals, badEscapes(text, node.start, node.end));
      continue;
    }
    if (node.isFlow) opaque.push(node);
    if (node.kind === "sequence") append(pending, node.items);
    else {
      for (const [key, value] of entriesOf(node)) {
        pending.push(key, value);
        if (key.kind === "scalar" && isTooLongForKey(text, key.start, key.end)) {
          refusals.push({
            message: "a key must be on one line and shorter than 1,024 characters",
            start: key.start,
            end: Math.min(key.end, key.start + 40),
          });
        }
      }
    }
  }
  if (text.includes("\t")) append(refusals, badTabs(text, opaque));
  return refusals;
}

function isTooLongForKey(text: string, start: number, end: number): boolean {
  if (text.slice(Math.max(0, start - 2), start).includes("?")) return false;
  return end - start > 1024 || text.slice(start, end).includes("\n");
}

function badEscapes(text: string, start: number, end: number): readonly Refusal[] {
  if (text.indexOf("\\", start) < 0) return [];
  const refusals: Refusal[] = [];
  for (const match of text.slice(start, end).matchAll(/\\(u[dD][89a-fA-F][0-9a-fA-F]{2}|.)/gs)) {
    const at = start + match.index;
    if (match[1] === "/") refusals.push({ message: "go-yaml does not know the escape \\/", start: at, end: at + 2 });
    else if ((match[1] ?? "").length > 1)
      refusals.push({ message: "go-yaml refuses half a character (a surrogate)", start: at, end: at + 6 });
  }
  return refusals;
}

function badTabs(
  text: string,
  opaque: readonly { readonly start: number; readonly end: number }[],
): readonly Refusal[] {
  const refusals: Refusal[] = [];
  for (const match of text.matchAll(/^ *(?:- *)*(?:-(\t)|(\t)[ \t]*(?:#[^\n]*)?\r?$)/gm)) {
    const at = match.index + match[0].indexOf("\t");
    if (opaque.some((each) => each.start <= at && at < each.end)) continue;
    refusals.push({ message: "there is a tab where spaces are required", start: at, end: at + 1 });
  }
  return refusals;
}
