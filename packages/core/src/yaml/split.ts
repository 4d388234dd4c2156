import type { Span } from "../text/span.ts";

/** A part of a file as kubectl splits it. `problem`: what stands behind the separator is refused. */
export interface Part {
  readonly span: Span;
  readonly isJson: boolean;
  readonly problem: { readonly message: string; readonly span: Span } | undefined;
}

/**
 * Splits a file into documents: YAML at lines that begin with `---`, before any parsing; JSON objects where each ends.
 * https://github.com/kubernetes/apimachinery/blob/v0.33.0/pkg/util/yaml/decoder.go
 */
export function splitDocuments(text: string): readonly Part[] {
  const begin = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const firstCharacter = /\S/.exec(text.slice(begin, begin + 4096))?.[0];
  if (firstCharacter === "{") {
    const objects = splitJson(text, begin);
    if (objects !== undefined) return objects;
  }
  const parts: Part[] = [];
  let start = begin;
  let problem: Part["problem"];
  for (let at = separatorFrom(text, begin); at >= 0; ) {
    const newline = text.indexOf("\n", at);
    const lineEnd = newline < 0 ? text.length : newline;
    const rest = text.slice(at + 3, lineEnd);
    // `---#` is no separator: kubectl leaves the line to the parser.
    if (!rest.startsWith("#")) {
      parts.push({ span: { start, end: at }, isJson: false, problem });
      start = Math.min(lineEnd + 1, text.length);
      const trimmed = rest.trim();
      problem =
        trimmed === "" || trimmed.startsWith("#")
          ? undefined
          : {
              message: `"---" must be alone on its line`,
              span: { start: at, end: at + 3 + rest.trimEnd().length },
            };
    }
    at = newline < 0 ? -1 : separatorFrom(text, newline + 1);
  }
  parts.push({ span: { start, end: text.length }, isJson: false, problem });
  return parts;
}

/** Top-level JSON objects that follow each other; undefined when a text is not that. */
function splitJson(text: string, begin: number): readonly Part[] | undefined {
  const parts: Part[] = [];
  let depth = 0;
  let start = begin;
  for (let index = begin; index < text.length; index++) {
    const character = text[index];
    if (character === '"') {
      index++;
      while (index < text.length && text[index] !== '"') index += text[index] === "\\" ? 2 : 1;
    } else if (character === "{" || character === "[") {
      if (depth === 0) start = index;
      depth++;
    } else if (character === "}" || character === "]") {
      depth--;
      if (depth === 0) parts.push({ span: { start, end: index + 1 }, isJson: true, problem: undefined });
    } else if (depth === 0 && !/\s/.test(character ?? "")) return undefined; // flow YAML with more behind it
  }
  return depth === 0 && parts.length > 0 ? parts : undefined;
}

/** The next line that begins with `---`, from a line's start on; -1: none. */
function separatorFrom(text: string, lineStart: number): number {
  if (text.startsWith("---", lineStart)) return lineStart;
  const at = text.indexOf("\n---", lineStart);
  return at < 0 ? -1 : at + 1;
}
