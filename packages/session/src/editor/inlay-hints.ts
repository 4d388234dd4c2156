import { hintsIn, type Position } from "@dbops/core";
import { type FileUri, nameOf } from "../files/file-system.ts";
import type { FolderSession } from "./folder-session.ts";
import type { EditorDocument } from "./held-texts.ts";

/** A few words that an editor shows after a value, in the text that was understood last. */
export interface InlayHint {
  readonly position: Position;
  readonly text: string;
  /** Markdown. */
  readonly tooltip: string;
}

/** The hints between two places of a document. Whether they are wanted is asked before: they cost nothing where nobody wants them. */
export async function inlayHintsIn<U extends FileUri, D extends EditorDocument<U>>(
  session: FolderSession<U, D>,
  document: D,
  { start, end }: { readonly start: Position; readonly end: Position },
): Promise<readonly InlayHint[]> {
  const result = await session.settled(document);
  const file = result?.files.get(nameOf(document.uri));
  if (result === undefined || file === undefined) return [];
  const range = { start: file.offsetAt(start), end: file.offsetAt(end) };
  return hintsIn(result, file.uri, range, new Date().toISOString()).map(({ offset, text, tooltip }) => ({
    position: file.positionAt(offset),
    text,
    tooltip,
  }));
}
