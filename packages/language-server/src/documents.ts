import type { EditorDocument, TextChange } from "@dbops/session";
import type { TextDocumentContentChangeEvent } from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { URI } from "vscode-uri";

/** A document that a client holds open. */
export class OpenDocument implements EditorDocument<URI> {
  readonly uri: URI;
  /** The document's uri in the client's own spelling, under which it gets its answers. */
  readonly id: string;
  isDirty = false;
  #text: TextDocument;

  constructor(id: string, languageId: string, version: number, text: string) {
    this.id = id;
    this.uri = URI.parse(id);
    this.#text = TextDocument.create(id, languageId, version, text);
  }

  get languageId(): string {
    return this.#text.languageId;
  }

  get version(): number {
    return this.#text.version;
  }

  getText(): string {
    return this.#text.getText();
  }

  /** Applies changes one after the other, as the protocol wants it, and says what each of them did. */
  change(changes: readonly TextDocumentContentChangeEvent[], version: number): readonly TextChange[] {
    this.isDirty = true;
    return changes.map((change) => {
      const told = "range" in change ? change : wholeOf(this.#text, change.text);
      const { start, end } = told.range;
      const offset = this.#text.offsetAt(start);
      const removed = this.#text.offsetAt(end) - offset;
      this.#text = TextDocument.update(this.#text, [told], version);
      return { offset, removed, text: told.text, startLine: start.line, endLine: end.line };
    });
  }
}

/** A new text as a change of what is different in it: what did not change keeps its findings. */
function wholeOf(before: TextDocument, after: string): Extract<TextDocumentContentChangeEvent, { range: unknown }> {
  const text = before.getText();
  const shorter = Math.min(text.length, after.length);
  let head = 0;
  while (head < shorter && text[head] === after[head]) head++;
  let tail = 0;
  while (tail < shorter - head && text.at(-1 - tail) === after.at(-1 - tail)) tail++;
  // A place between the two halves of a line break or of a character is none.
  while (head > 0 && /[\r\ud800-\udbff]/.test(text[head - 1] ?? "")) head--;
  while (tail > 0 && /[\n\udc00-\udfff]/.test(text[text.length - tail] ?? "")) tail--;
  return {
    range: { start: before.positionAt(head), end: before.positionAt(text.length - tail) },
    text: after.slice(head, after.length - tail),
  };
}
