import * as vscode from "vscode";
import { CodeActions, fixAllKind } from "./code-actions.ts";
import { registerCommands } from "./commands.ts";
import { DatabasesTree } from "./databases-tree.ts";
import { Hovers } from "./hover.ts";
import { pageScheme, RulePages } from "./rule-pages.ts";
import { Sessions, selector } from "./sessions.ts";
import { registerStatus } from "./status.ts";
import { registerTasks } from "./tasks.ts";

/** Wires the parts; folders are read when their first document is opened. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel("dbops", { log: true });
  const diagnostics = vscode.languages.createDiagnosticCollection("dbops");
  const pages = new RulePages(context.extensionUri);
  const sessions = new Sessions(diagnostics, log);
  const tree = new DatabasesTree(sessions);
  context.subscriptions.push(
    log,
    diagnostics,
    sessions,
    vscode.workspace.registerTextDocumentContentProvider(pageScheme, pages),
    vscode.languages.registerCodeActionsProvider(selector, new CodeActions(sessions), {
      providedCodeActionKinds: [vscode.CodeActionKind.QuickFix, fixAllKind],
    }),
    vscode.languages.registerHoverProvider(selector, new Hovers(sessions)),
    tree,
    vscode.commands.registerCommand("dbops.refreshDatabases", () => tree.refresh()),
    registerTasks(),
    ...registerCommands(sessions, pages, log),
    ...registerStatus(sessions),
  );
}
