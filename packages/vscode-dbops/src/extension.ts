import * as vscode from "vscode";
import type { Parts } from "./parts.ts";

/** Commands of the palette, and those that actions and links call. */
const commands = [
  "fixAll",
  "lintWorkspace",
  "openConfigFile",
  "toggleLinting",
  "restart",
  "showOutputChannel",
  "debugInformation",
  "refreshDatabases",
  "showRule",
  "showProcedure",
  "writeReason",
] as const;

/** What a command of ours is called, without the prefix. */
export type CommandName = (typeof commands)[number];

/**
 * Waits for something to lint. The engine is loaded when a document holds Kubernetes objects or a configuration of ours, when the
 * Databases view is looked at, or when a command asks for it: a window with other YAML never pays for it.
 */
export function activate(context: vscode.ExtensionContext): void {
  let loading: Promise<Parts> | undefined;
  const parts = (): Promise<Parts> => {
    loading ??= import("./parts.ts").then(({ start }) => start(context, changed));
    return loading;
  };
  const changed = new vscode.EventEmitter<undefined>();
  const tree: vscode.TreeDataProvider<unknown> = {
    onDidChangeTreeData: changed.event,
    getChildren: async (entry) => (await parts()).tree.getChildren(entry),
    getTreeItem: async (entry) => (await parts()).tree.getTreeItem(entry),
  };
  const { workspace, window } = vscode;
  const look = (document: vscode.TextDocument): void => {
    if (loading === undefined && isWorthLoading(document)) void parts();
  };
  context.subscriptions.push(
    changed,
    window.createTreeView("dbops.databases", { treeDataProvider: tree, showCollapseAll: true }),
    workspace.onDidOpenTextDocument(look),
    workspace.onDidChangeTextDocument(({ document }) => look(document)),
    ...commands.map((name) =>
      vscode.commands.registerCommand(`dbops.${name}`, async (...words: unknown[]) => (await parts()).run(name, words)),
    ),
  );
  workspace.textDocuments.forEach(look);
}

function isWorthLoading(document: vscode.TextDocument): boolean {
  if (document.uri.path.includes("/.dbops.")) return true;
  const text = document.getText();
  return text.includes("apiVersion") && text.includes("kind");
}
