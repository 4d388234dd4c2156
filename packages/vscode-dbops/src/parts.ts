import { allRules } from "@dbops/core";
import * as vscode from "vscode";
import { CodeActions, fixAllKind } from "./code-actions.ts";
import { commandsFor } from "./commands.ts";
import { Completions } from "./completions.ts";
import { DatabasesTree } from "./databases-tree.ts";
import { selector } from "./documents.ts";
import type { CommandName } from "./extension.ts";
import { Hovers } from "./hover.ts";
import { Lenses } from "./lenses.ts";
import { Navigation } from "./navigation.ts";
import type { RulePages } from "./rule-pages.ts";
import { Sessions } from "./sessions.ts";
import { registerStatus } from "./status.ts";
import type { Report } from "./tasks.ts";
import { version } from "./version.ts";

/** What the extension hands on to. */
export interface Parts {
  readonly tree: DatabasesTree;
  report(folder: vscode.WorkspaceFolder): Promise<Report>;
  run(name: CommandName, words: readonly unknown[]): unknown;
}

/** What is there before the parts are. */
interface Frame {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly pages: RulePages;
  readonly treeChanged: vscode.EventEmitter<undefined>;
}

/** Wires the parts; folders are read when their first document is opened. */
export function start({ context, log, pages, treeChanged }: Frame): Parts {
  log.info(`dbops ${version} with ${allRules.length} rules`);
  const diagnostics = vscode.languages.createDiagnosticCollection("dbops");
  const changeDiagnostics = vscode.languages.createDiagnosticCollection("dbops.change");
  const sessions = new Sessions(diagnostics, changeDiagnostics, log);
  const tree = new DatabasesTree(sessions, treeChanged);
  const navigation = new Navigation(sessions);
  const lenses = new Lenses(sessions);
  const commands = commandsFor({ sessions, pages, log, tree });
  context.subscriptions.push(
    diagnostics,
    changeDiagnostics,
    sessions,
    vscode.languages.registerCodeActionsProvider(selector, new CodeActions(sessions), {
      providedCodeActionKinds: [vscode.CodeActionKind.QuickFix, fixAllKind],
    }),
    vscode.languages.registerHoverProvider(selector, new Hovers(sessions)),
    vscode.languages.registerDefinitionProvider(selector, navigation),
    vscode.languages.registerReferenceProvider(selector, navigation),
    vscode.languages.registerRenameProvider(selector, navigation),
    vscode.languages.registerDocumentSymbolProvider(selector, navigation, { label: "dbops" }),
    vscode.languages.registerWorkspaceSymbolProvider(navigation),
    lenses,
    vscode.languages.registerCodeLensProvider(selector, lenses),
    vscode.languages.registerCompletionItemProvider(selector, new Completions(sessions), " ", "#"),
    tree,
    ...registerStatus(sessions),
  );
  return { tree, report: (folder) => sessions.report(folder), run: (name, words) => commands[name](...words) };
}
