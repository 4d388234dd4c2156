import * as vscode from "vscode";
import { mayHoldManifests, yamlSelector } from "./documents.ts";
import type { Parts, TreeName } from "./parts.ts";
import { pageScheme, RulePages } from "./rule-pages.ts";
import { Snippets } from "./snippets.ts";
import { registerTasks } from "./tasks.ts";

/** Commands of the palette, and those that actions and links call. */
const commands = [
  "fixAll",
  "lintWorkspace",
  "lintOpenFiles",
  "openConfigFile",
  "toggleLinting",
  "restart",
  "showOutputChannel",
  "debugInformation",
  "refreshDatabases",
  "poolWhatIf",
  "poolApply",
  "poolReset",
  "poolResetAll",
  "changeLevel",
  "showRule",
  "showPlan",
  "writeReason",
] as const;

/** What a command of ours is called, without the prefix. */
export type CommandName = (typeof commands)[number];

/**
 * Waits for something to lint. The engine is loaded when a document that may be a manifest holds the words of one, or is a
 * configuration of ours, when a view of databases is looked at, or when a command asks for it: other YAML never pays for it.
 */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel("dbops", { log: true });
  const pages = new RulePages(context.extensionUri);
  const foldersChanged = new vscode.EventEmitter<undefined>();
  let loading: Promise<Parts> | undefined;
  const parts = (): Promise<Parts> => {
    loading ??= import("./parts.ts")
      .then(({ start }) => start({ context, log, pages, foldersChanged }))
      .catch((error: unknown) => {
        loading = undefined; // the next document or command tries again
        log.error(error instanceof Error ? error : String(error));
        throw error;
      });
    return loading;
  };
  const view = (name: TreeName): vscode.TreeView<unknown> =>
    window.createTreeView<unknown>(`dbops.${name}`, {
      treeDataProvider: {
        onDidChangeTreeData: foldersChanged.event,
        getChildren: async (entry) => (await parts()).trees[name].getChildren(entry),
        getTreeItem: async (entry) => (await parts()).trees[name].getTreeItem(entry),
      },
      showCollapseAll: true,
    });
  const { workspace, window } = vscode;
  const look = (document: vscode.TextDocument): void => {
    if (loading === undefined && isWorthLoading(document)) parts().catch(() => {}); // the log says why
  };
  context.subscriptions.push(
    log,
    foldersChanged,
    registerTasks(async (folder) => (await parts()).report(folder)),
    // A hyphen ends the word that is typed, and with it a list that nothing renews.
    vscode.languages.registerCompletionItemProvider(yamlSelector, new Snippets(context.extensionUri), "-"),
    workspace.registerTextDocumentContentProvider(pageScheme, pages),
    view("databases"),
    view("pool"),
    workspace.onDidOpenTextDocument(look),
    workspace.onDidChangeTextDocument(({ document }) => look(document)),
    ...commands.map((name) =>
      vscode.commands.registerCommand(`dbops.${name}`, async (...words: unknown[]) => (await parts()).run(name, words)),
    ),
  );
  workspace.textDocuments.forEach(look);
}

function isWorthLoading(document: vscode.TextDocument): boolean {
  if (!mayHoldManifests(document)) return false;
  if (document.uri.path.includes("/.dbops.")) return true;
  const text = document.getText();
  return text.includes("apiVersion") && text.includes("kind");
}
