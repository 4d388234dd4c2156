import type { Resource } from "../kube/resource.ts";

/** A document of one text that could not be read, and that the other text does not have. */
export interface UnreadDocument {
  /** Below the root of its text; undefined: the only file, which the other text has under another name. */
  readonly file: string | undefined;
  readonly text: string;
  /** It is no YAML at all. Otherwise it is a template, encrypted or too large, and its kind can be seen. */
  readonly isBroken: boolean;
}

/** Whether an object of the other text may be in one of the documents: it was in that file, or its name is written there. */
export function mayBeIn(
  documents: readonly UnreadDocument[],
): (object: { readonly resource: Resource; readonly file: string }) => boolean {
  return ({ resource: { kind, name }, file }) =>
    documents.some((document) => {
      const isItsFile = document.file === undefined || document.file === file;
      if (isItsFile && document.isBroken) return true;
      return document.text.includes(kind) && (isItsFile || hasWord(document.text, name));
    });
}

/** `orders` is no word of `orders-db`. */
function hasWord(text: string, word: string): boolean {
  if (word === "") return false;
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
    const around = `${text[at - 1] ?? " "}${text[at + word.length] ?? " "}`;
    if (!/[\w-]/.test(around)) return true;
  }
  return false;
}
