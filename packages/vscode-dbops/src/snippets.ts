import * as vscode from "vscode";

/** As VS Code reads a file of snippets. */
interface Snippet {
  readonly prefix: string;
  readonly description: string;
  readonly body: readonly string[];
}

const file = "snippets/snippets.generated.json";

/**
 * Offers whole manifests where one may begin: in an empty line at the top of a document, nothing or `db-…` typed. A file of snippets that
 * VS Code reads itself would offer them behind every `db`, `redis` or `backup` that somebody types anywhere.
 */
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
    if (!mayBegin(document, position)) return [];
    this.#items ??= this.#read();
    const range = document.lineAt(position).range;
    return (await this.#items).map((item) => Object.assign(item, { range }));
  }

  async #read(): Promise<readonly vscode.CompletionItem[]> {
    const text = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(this.#folder, file));
    const all = JSON.parse(new TextDecoder().decode(text)) as Readonly<Record<string, Snippet>>;
    return Object.entries(all).map(([title, { prefix, description, body }]) => {
      const item = new vscode.CompletionItem(prefix, vscode.CompletionItemKind.Snippet);
      item.detail = title;
      item.documentation = new vscode.MarkdownString().appendText(description);
      item.insertText = new vscode.SnippetString(body.join("\n"));
      return item;
    });
  }
}

/** Whether the cursor is where a document begins, behind nothing or `db-…`. */
function mayBegin(document: vscode.TextDocument, position: vscode.Position): boolean {
  if (!/^(db-[\w-]*)?$/.test(document.lineAt(position).text)) return false;
  for (let line = position.line - 1; line >= 0; line--) {
    const { text } = document.lineAt(line);
    if (/^---(\s|$)/.test(text)) return true;
    if (!/^\s*(#.*)?$/.test(text)) return false;
  }
  return true;
}
