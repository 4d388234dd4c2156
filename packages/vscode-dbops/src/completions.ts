import { isConfigFile } from "@dbops/core";
import { completionsAt, nameOf, type OfferedCompletion } from "@dbops/session";
import * as vscode from "vscode";
import type { Sessions } from "./sessions.ts";
import { toRange } from "./to-vscode.ts";

const yamlExtension = "redhat.vscode-yaml";

/** Rule ids in suppressions, and keys and values of .dbops.yaml where nothing else completes it. */
export class Completions implements vscode.CompletionItemProvider {
  readonly #sessions: Sessions;

  constructor(sessions: Sessions) {
    this.#sessions = sessions;
  }

  provideCompletionItems(document: vscode.TextDocument, position: vscode.Position): vscode.CompletionItem[] {
    // Red Hat YAML completes from the schema that comes with the extension, and knows flow style, too.
    if (isConfigFile(document.uri.path) && vscode.extensions.getExtension(yamlExtension) !== undefined) return [];
    const session = this.#sessions.of(document);
    const file = session?.find(nameOf(document.uri))?.file;
    if (session === undefined || file === undefined) return [];
    const foundHere = (): ReadonlySet<string> => new Set(session.current(document).map(({ ruleId }) => ruleId));
    return completionsAt(file, document.offsetAt(position), foundHere, vscode.l10n.t).map((each) => {
      const item = new vscode.CompletionItem(each.label, kinds[each.kind]);
      item.insertText = each.isSnippet ? new vscode.SnippetString(each.insertText) : each.insertText;
      item.range = toRange(each.span, file);
      if (each.documentation !== undefined) item.documentation = each.documentation;
      if (each.sortText !== undefined) item.sortText = each.sortText;
      return item;
    });
  }
}

const kinds: Readonly<Record<OfferedCompletion["kind"], vscode.CompletionItemKind>> = {
  rule: vscode.CompletionItemKind.Constant,
  suppression: vscode.CompletionItemKind.Snippet,
  key: vscode.CompletionItemKind.Property,
  value: vscode.CompletionItemKind.Value,
};
