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
  /** By path in the scheme of these pages. */
  #rules: Promise<ReadonlyMap<string, string>> | undefined;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;

  constructor(extension: vscode.Uri) {
    this.#extension = extension;
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const procedure = this.#procedures.get(uri.path);
    if (procedure !== undefined) return procedure;
    this.#rules ??= readPages(vscode.Uri.joinPath(this.#extension, "docs/rules.json"));
    const page = (await this.#rules).get(uri.path);
    if (page === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    return page;
  }

  async showRule(ruleId: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme: pageScheme, path: `/rules/${ruleId}.md` });
    await this.#show(uri, "markdown.showPreview");
  }

  /** Steps for a person, beside the manifest that they are about; the text has their title. */
  async showPlan(title: string, markdown: string): Promise<void> {
    const path = `/procedures/${title.replace(/[^\w .-]+/g, " ").trim()}.md`;
    const isOther = this.#procedures.get(path) !== markdown;
    this.#procedures.set(path, markdown);
    // A page that is still open has the steps of an earlier text.
    if (isOther) this.#changed.fire(vscode.Uri.from({ scheme: pageScheme, path }));
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

async function readPages(file: vscode.Uri): Promise<ReadonlyMap<string, string>> {
  const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
  return new Map(Object.entries(JSON.parse(text) as Readonly<Record<string, string>>));
}
