import { blankBreaks } from "./blank-breaks.ts";
import { treeOfLibrary } from "./library-tree.ts";
import { buildTree, NotYaml, type Tree } from "./tree.ts";

/** quick: while somebody types, a broken document is recovered line by line instead of read by the slow library. none: what is refused is refused. */
export type Effort = "none" | "quick" | "full";

/**
 * What js-yaml refuses although kubectl may read it: an indented root with more behind it, breaks inside brackets and quotes
 * (`blankBreaks`), aliases as keys with the colon glued to them, then whatever the `yaml` library reads without an error.
 */
export function readAgain(text: string, refusal: NotYaml, effort: Effort): Tree | undefined {
  if (!refusal.isDoubtful || effort === "none") return undefined;
  const blanked = blankBreaks(text);
  const keyed = withKeysForAliases(text);
  const readings = [
    () => firstRoot(text, refusal.start),
    () => (blanked === text ? undefined : buildTree(blanked, text)),
    () => (keyed === text ? undefined : buildTree(keyed, text)),
    () => (effort === "quick" ? undefined : treeOfLibrary(text)),
  ];
  for (const read of readings) {
    try {
      const tree = read();
      if (tree !== undefined) return tree;
    } catch (error) {
      if (!(error instanceof NotYaml)) throw error;
    }
  }
  return undefined;
}

/**
 * `*app:` with a plain letter for the star, in the same length: go-yaml ends an alias before the colon, js-yaml takes it into the
 * name. The tree finds the star in the original text.
 */
function withKeysForAliases(text: string): string {
  return text.replace(/(?<=^|[\s{,])\*(?=[\w-]{1,128}:(?:\s|$))/gm, "_");
}

/** kubectl stops reading an indented root where its indentation ends, and drops the rest, well-formed or not. */
function firstRoot(text: string, refusedAt: number): Tree | undefined {
  const indent = /^( +)[^\s#]/m.exec(text)?.[1]?.length ?? 0;
  if (indent === 0 || /^[^\s#]/m.exec(text.slice(0, refusedAt)) !== null) return undefined;
  const lineStart = text.lastIndexOf("\n", refusedAt - 1) + 1;
  const isDedented = refusedAt - lineStart < indent && text.slice(lineStart, refusedAt).trim() === "";
  return isDedented ? { ...buildTree(text.slice(0, lineStart)), nextRootAt: refusedAt } : undefined;
}

const reasons: readonly (readonly [RegExp, string])[] = [
  [/bad indentation of a mapping entry/, "the indentation of this key fits no level above it"],
  [/bad indentation of a sequence entry/, "the indentation of this list item fits no level above it"],
  [/tab characters must not be used/i, "there is a tab where spaces are required"],
  [
    /can not read a block mapping entry|implicit map key|multiline key|missed comma/,
    "a colon or comma is missing, or the line above is not closed",
  ],
  [
    /unexpected end of the (stream|document)|deficient indentation/,
    "a quote or a bracket above is not closed, or its continuation is indented too little",
  ],
  [/expected ':' after a mapping key/, "a colon is missing after this key"],
  [/whitespace character is expected after the key-value separator/, "a space is missing after this colon"],
  [/unknown escape sequence/, "this is not an escape sequence; write a backslash in double quotes twice"],
  [/expected the node content/, "a value is expected here"],
  [/nesting exceeded/, "it is nested too deeply"],
  [
    /end of the stream or a document separator is expected/,
    "something follows where the document should end; check the indentation",
  ],
];

/** js-yaml's message in the words of somebody who reads manifests. */
export function plainReason(message: string): string {
  return reasons.find(([pattern]) => pattern.test(message))?.[1] ?? message;
}
