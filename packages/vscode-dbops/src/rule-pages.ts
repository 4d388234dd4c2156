import * as vscode from "vscode";

/** Pages that the extension shows and nobody saves: rules and procedures. */
export const pageScheme = "dbops";

/** The home page of the project; empty: rules are read from the pages that come with the extension. */
declare const DBOPS_HOME_PAGE: string | undefined;
const homePage: string = typeof DBOPS_HOME_PAGE === "string" ? DBOPS_HOME_PAGE : "";

/** Where the code of a diagnostic leads: the page in the extension, readable offline, or the web when there is a home page. */
export function rulePage(ruleId: string): vscode.Uri {
  return homePage === ""
    ? vscode.Uri.parse(`command:dbops.showRule?${encodeURIComponent(JSON.stringify([ruleId]))}`)
    : vscode.Uri.parse(`${homePage}/blob/main/docs/rules/${ruleId}.md`);
}

/** Serves the pages and opens them as rendered Markdown. */
export class RulePages implements vscode.TextDocumentContentProvider {
  readonly #extension: vscode.Uri;
  readonly #procedures = new Map<string, string>();

  constructor(extension: vscode.Uri) {
    this.#extension = extension;
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const procedure = this.#procedures.get(uri.path);
    if (procedure !== undefined) return procedure;
    const page = vscode.Uri.joinPath(this.#extension, "docs", uri.path);
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(page));
  }

  async showRule(ruleId: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme: pageScheme, path: `/rules/${ruleId}.md` });
    await this.#show(uri, "markdown.showPreview");
  }

  /** Steps for a person, beside the manifest that they are about. */
  async showProcedure(title: string, steps: string): Promise<void> {
    const path = `/procedures/${title.replace(/[^\w .-]+/g, " ").trim()}.md`;
    this.#procedures.set(path, `# ${title}\n\n${steps}\n`);
    await this.#show(vscode.Uri.from({ scheme: pageScheme, path }), "markdown.showPreviewToSide");
  }

  /** Rendered where VS Code's own Markdown extension is there, else as text. */
  async #show(uri: vscode.Uri, preview: string): Promise<void> {
    const document = await vscode.workspace.openTextDocument(uri);
    try {
      await vscode.commands.executeCommand(preview, uri);
    } catch {
      await vscode.window.showTextDocument(document, { preview: true });
    }
  }
}
