import { isConfigFile } from "@dbops/core";
import * as vscode from "vscode";
import { fixAllEdit } from "./code-actions.ts";
import { writeReason } from "./disable-actions.ts";
import type { RulePages } from "./rule-pages.ts";
import type { Sessions } from "./sessions.ts";
import { version } from "./version.ts";

const emptyConfig = `# How dbops lints here. The nearest file up the tree holds alone.
# recommended (what a team wants on day one), all, or ephemeral
extends: recommended

# Levels by rule: off, info, warning, error.
rules: {}
`;

/** Everything in the command palette, and what actions and links call. */
export function registerCommands(
  sessions: Sessions,
  pages: RulePages,
  log: vscode.LogOutputChannel,
): readonly vscode.Disposable[] {
  // biome-ignore lint/suspicious/noExplicitAny: what VS Code hands to a command is not typed
  const on = (name: string, run: (...words: any[]) => unknown): vscode.Disposable =>
    vscode.commands.registerCommand(`dbops.${name}`, run);
  return [
    on("fixAll", () => fixActiveDocument(sessions)),
    on("lintWorkspace", () => lintWorkspace(sessions)),
    on("openConfigFile", () => openConfigFile(sessions)),
    on("toggleLinting", () => {
      const isOn = sessions.toggle();
      vscode.window.setStatusBarMessage(isOn ? "dbops lints again" : "dbops is paused in this window", 4000);
    }),
    on("restart", () => sessions.restart()),
    on("showOutputChannel", () => log.show()),
    on("debugInformation", () => showDebugInformation(sessions)),
    on("showRule", (ruleId: string) => pages.showRule(ruleId)),
    on("showProcedure", (title: string, steps: string) => pages.showProcedure(title, steps)),
    on("writeReason", writeReason),
  ];
}

async function fixActiveDocument(sessions: Sessions): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  const session = document && sessions.of(document);
  if (document === undefined || session === undefined) return;
  const edit = fixAllEdit(session, document);
  if (edit === undefined) vscode.window.setStatusBarMessage("dbops: nothing here can be fixed safely", 4000);
  else await vscode.workspace.applyEdit(edit);
}

async function lintWorkspace(sessions: Sessions): Promise<void> {
  const counts = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: "dbops reads the workspace" },
    () => Promise.all(sessions.folders().map((session) => session.lintWhole())),
  );
  const total = counts.reduce((sum, each) => sum + each, 0);
  await vscode.commands.executeCommand("workbench.actions.view.problems");
  vscode.window.setStatusBarMessage(`dbops: ${total} ${total === 1 ? "problem" : "problems"} in the workspace`, 6000);
}

/** Opens what holds for the active document, or writes a file to start from. */
async function openConfigFile(sessions: Sessions): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  const inUse = document && sessions.of(document)?.configOf(document);
  const folder =
    (document && vscode.workspace.getWorkspaceFolder(document.uri)) ?? vscode.workspace.workspaceFolders?.[0];
  if (inUse === undefined && folder === undefined) return;
  const uri =
    inUse ?? (folder && (await existing(folder))) ?? (folder && vscode.Uri.joinPath(folder.uri, ".dbops.yaml"));
  if (uri === undefined) return;
  const edit = new vscode.WorkspaceEdit();
  if (inUse === undefined) {
    edit.createFile(uri, { ignoreIfExists: true });
    edit.insert(uri, new vscode.Position(0, 0), emptyConfig);
    if (folder === undefined || (await existing(folder)) === undefined) await vscode.workspace.applyEdit(edit);
  }
  await vscode.window.showTextDocument(uri);
}

async function existing(folder: vscode.WorkspaceFolder): Promise<vscode.Uri | undefined> {
  const entries = await vscode.workspace.fs.readDirectory(folder.uri);
  const name = entries.map(([each]) => each).find(isConfigFile);
  return name === undefined ? undefined : vscode.Uri.joinPath(folder.uri, name);
}

async function showDebugInformation(sessions: Sessions): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  const session = document && sessions.of(document);
  const lines = [
    `dbops ${version}, VS Code ${vscode.version} (${vscode.env.appHost})`,
    `active document: ${document?.uri.toString() ?? "none"} (${document?.languageId ?? ""})`,
    `linted: ${session === undefined ? "no" : session.folder === undefined ? "alone" : `in folder ${session.folder.name}`}`,
    `configuration: ${(document && session?.configOf(document)?.toString()) ?? "the defaults"}`,
    ...sessions.all().flatMap((each) => {
      const { result } = each;
      if (result === undefined) return [];
      const { counts, units } = result;
      return [
        "",
        `${each.folder?.uri.toString() ?? "a document alone"}: ${result.files.size} files, ${counts.objects} objects in the asked ones`,
        ...units.map((unit) => `  ${unit.kind} ${unit.name}: ${unit.uris.length} files`),
        ...result.notLinted.map((each) => `  not linted: ${each.uri} document ${each.document} ${each.message}`),
      ];
    }),
  ];
  await vscode.window.showTextDocument(
    await vscode.workspace.openTextDocument({ language: "plaintext", content: `${lines.join("\n")}\n` }),
  );
}
