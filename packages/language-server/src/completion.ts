import type { SourceFile } from "@dbops/core";
import {
  completionsAt,
  type EditorDocument,
  type FolderSession,
  nameOf,
  type OfferedCompletion,
  sayInEnglish,
} from "@dbops/session";
import { mayBeginAt } from "@dbops/session/snippets";
import {
  type CompletionItem,
  CompletionItemKind,
  InsertTextFormat,
  MarkupKind,
  type Position,
} from "vscode-languageserver/node";
import type { URI } from "vscode-uri";
import { toRange } from "./to-protocol.ts";

/** A manifest to start from. */
export interface ServedSnippet {
  readonly name: string;
  readonly summary: string;
  /** What can be set. */
  readonly description: string;
  /** With tab stops, in the syntax that the protocol and VS Code share. */
  readonly snippet: string;
  /** With every value filled in. */
  readonly text: string;
}

const kinds: Readonly<Record<OfferedCompletion["kind"], CompletionItemKind>> = {
  rule: CompletionItemKind.Constant,
  suppression: CompletionItemKind.Snippet,
  key: CompletionItemKind.Property,
  value: CompletionItemKind.Value,
};

/** Rule ids, suppressions and keys of the configuration, and whole manifests where one may begin. */
export function completionsIn<D extends EditorDocument<URI>>(
  session: FolderSession<URI, D>,
  document: D,
  position: Position,
  snippets: () => readonly ServedSnippet[],
  expandsSnippets: boolean,
): CompletionItem[] {
  const file = session.find(nameOf(document.uri))?.file;
  if (file === undefined) return [];
  const offset = file.offsetAt({ line: position.line, column: position.character });
  const foundHere = (): ReadonlySet<string> => new Set(session.current(document).map(({ ruleId }) => ruleId));
  const offered = completionsAt(file, offset, foundHere, sayInEnglish).flatMap((each) => {
    if (each.isSnippet && !expandsSnippets) return [];
    const item: CompletionItem = {
      label: each.label,
      kind: kinds[each.kind],
      textEdit: { range: toRange(each.span, file), newText: each.insertText },
      insertTextFormat: each.isSnippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
      ...(each.documentation === undefined ? {} : { documentation: each.documentation }),
      ...(each.sortText === undefined ? {} : { sortText: each.sortText }),
    };
    return [item];
  });
  return [...offered, ...manifestsAt(file, position.line, snippets, expandsSnippets)];
}

function manifestsAt(
  file: SourceFile,
  line: number,
  snippets: () => readonly ServedSnippet[],
  expandsSnippets: boolean,
): readonly CompletionItem[] {
  if (!mayBeginAt(line, (each) => file.slice(file.lineSpan(each)))) return [];
  const range = toRange(file.lineSpan(line), file);
  return snippets().map(({ name, summary, description, snippet, text }) => ({
    label: name,
    kind: CompletionItemKind.Snippet,
    detail: summary,
    documentation: { kind: MarkupKind.PlainText, value: description },
    filterText: name,
    textEdit: { range, newText: expandsSnippets ? snippet : text },
    insertTextFormat: expandsSnippets ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
  }));
}
