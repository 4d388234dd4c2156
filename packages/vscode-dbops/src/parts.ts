import * as vscode from "vscode";
import { CodeActions, fixAllKind } from "./code-actions.ts";
import { commandsFor } from "./commands.ts";
import { Completions } from "./completions.ts";
import { DatabasesTree } from "./databases-tree.ts";
import type { CommandName } from "./extension.ts";
import { Hovers } from "./hover.ts";
import { pageScheme, RulePages } from "./rule-pages.ts";
import { Sessions, selector } from "./sessions.ts";
import { registerStatus } from "./status.ts";
import { registerTasks } from "./tasks.ts";

/** What the extension hands on to. */
export interface Parts {
  readonly tree: DatabasesTree;
  run(name: CommandName, words: readonly unknown[]): unknown;
}

/** Wires the parts; folders are read when their first document is opened. */
export function start(context: vscode.ExtensionContext, treeChanged: vscode.EventEmitter<undefined>): Parts {
  const log = vscode.window.createOutputChannel("dbops", { log: true });
  const diagnostics = vscode.languages.createDiagnosticCollection("dbops");
  const pages = new RulePages(context.extensionUri);
  const sessions = new Sessions(diagnostics, log);
  const tree = new DatabasesTree(sessions, treeChanged);
  const commands = commandsFor({ sessions, pages, log, tree });
  context.subscriptions.push(
    log,
    diagnostics,
    sessions,
    vscode.workspace.registerTextDocumentContentProvider(pageScheme, pages),
    vscode.languages.registerCodeActionsProvider(selector, new CodeActions(sessions), {
      providedCodeActionKinds: [vscode.CodeActionKind.QuickFix, fixAllKind],
    }),
    vscode.languages.registerHoverProvider(selector, new Hovers(sessions)),
    vscode.languages.registerCompletionItemProvider(selector, new Completions(sessions), "-", " ", ":"),
    tree,
    registerTasks(),
    ...registerStatus(sessions),
  );
  return { tree, run: (name, words) => commands[name](...words) };
}
