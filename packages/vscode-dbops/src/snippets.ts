import { type EditorSnippets, mayBeginAt } from "@dbops/session/snippets";
import * as vscode from "vscode";

const file = "snippets/snippets.generated.json";

/** Offers whole manifests where one may begin. A file of snippets that VS Code reads itself would be offered anywhere. */
export class Snippets implements vscode.CompletionItemProvider {
  readonly #folder: vscode.Uri;
  #items: Promise<readonly vscode.CompletionItem[]> | undefined;

  constructor(folder: vscode.Uri) {
    this.#folder = folder;
  }

  async provideCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.CompletionItem[]> {
    if (!mayBeginAt(position.line, (line) => document.lineAt(line).text)) return [];
    this.#items ??= this.#read();
    const range = document.lineAt(position).range;
    return (await this.#items).map((item) => Object.assign(item, { range }));
  }

  async #read(): Promise<readonly vscode.CompletionItem[]> {
    const text = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(this.#folder, file));
    const all = JSON.parse(new TextDecoder().decode(text)) as EditorSnippets;
    return Object.entries(all).map(([title, { prefix, description, body }]) => {
      const item = new vscode.CompletionItem(prefix, vscode.CompletionItemKind.Snippet);
      item.detail = title;
      item.documentation = new vscode.MarkdownString().appendText(description);
      item.insertText = new vscode.SnippetString(body.join("\n"));
      return item;
    });
  }
}
