import type { Span } from "../text/span.ts";
import { opaque } from "./fact.ts";
import { isNode, type Place } from "./node.ts";

/**
 * The place of a part of a text that was read at a place: a word of a script, a line of a file in a ConfigMap. The whole where the
 * manifest holds other text than was read: behind base64, or with variables filled in.
 */
export function partOf(at: Place, text: string, part: Span): Place {
  const { file, span, yamlPath } =
    isNode(at) && part.start >= 0 && isWrittenAs(text, at.text() ?? "") ? at.inside(part) : at;
  return { file, span, yamlPath };
}

/** What is not known of a text is opaque, character by character. */
function isWrittenAs(text: string, written: string): boolean {
  return text === written || (text.length === written.length && text.includes(opaque));
}
