import { allRules } from "@dbops/core";
import * as vscode from "vscode";
import { CodeActions, fixAllKind } from "./code-actions.ts";
import { commandsFor } from "./commands.ts";
import { Completions } from "./completions.ts";
import { DatabasesTree } from "./databases-tree.ts";
import { selector } from "./documents.ts";
import type { CommandName } from "./extension.ts";
import { Hovers } from "./hover.ts";
import { InlayHints } from "./inlay-hints.ts";
import { Lenses } from "./lenses.ts";
import { Navigation } from "./navigation.ts";
import { PoolTree } from "./pool-tree.ts";
import type { RulePages } from "./rule-pages.ts";
import { Sessions } from "./sessions.ts";
import { registerStatus } from "./status.ts";
import type { Report } from "./tasks.ts";
import { version } from "./version.ts";

/** The views in the Explorer. */
export type TreeName = "databases" | "pool";

/** What the extension hands on to. */
export interface Parts {
  readonly trees: Readonly<Record<TreeName, vscode.TreeDataProvider<unknown>>>;
  report(folder: vscode.WorkspaceFolder): Promise<Report>;
  run(name: CommandName, words: readonly unknown[]): unknown;
}

/** What is there before the parts are. */
interface Frame {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly pages: RulePages;
  /** Tells the views of databases that they are out of date; one that nobody sees asks when it is opened. */
  readonly foldersChanged: vscode.EventEmitter<undefined>;
}

/** Wires the parts; folders are read when their first document is opened. */
export function start({ context, log, pages, foldersChanged }: Frame): Parts {
  log.info(`dbops ${version} with ${allRules.length} rules`);
  const diagnostics = vscode.languages.createDiagnosticCollection("dbops");
  const changeDiagnostics = vscode.languages.createDiagnosticCollection("dbops.change");
  const sessions = new Sessions(diagnostics, changeDiagnostics, log);
  const refresh = (): void => foldersChanged.fire(undefined);
  const databases = new DatabasesTree(sessions);
  const pool = new PoolTree(sessions, foldersChanged);
  const navigation = new Navigation(sessions);
  const commands = commandsFor({ sessions, pages, log, pools: pool, refresh });
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
    vscode.languages.registerCodeLensProvider(selector, new Lenses(sessions)),
    new InlayHints(sessions),
    vscode.languages.registerCompletionItemProvider(selector, new Completions(sessions), " ", "#"),
    databases,
    sessions.onDidRest(refresh),
    ...registerStatus(sessions),
  );
  return {
    trees: { databases, pool },
    report: (folder) => sessions.report(folder),
    run: (name, words) => commands[name](...words),
  };
}
