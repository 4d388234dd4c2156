import { isConfigFile, SourceFile, writeLevel } from "@dbops/core";
import * as vscode from "vscode";
import type { Sessions } from "./sessions.ts";

const emptyConfig = `# How dbops lints here. Only the nearest file up the tree applies.
# recommended (what a team wants on day one), all, or ephemeral
extends: recommended

# Levels by rule: off, info, warning, error.
rules: {}
`;

/** Opens what holds for the active document, or writes a file to start from. */
export async function openConfigFile(sessions: Sessions): Promise<void> {
  const uri = await configFileFor(vscode.window.activeTextEditor?.document, sessions);
  if (uri !== undefined) await vscode.window.showTextDocument(uri);
}

/** Asks for a level, writes it for a rule into what holds for a document, and shows where. */
export async function changeLevel(sessions: Sessions, ruleId: string): Promise<void> {
  const { activeTextEditor } = vscode.window;
  const chosen = await vscode.window.showQuickPick(
    [
      { label: "off", description: vscode.l10n.t("it is not reported") },
      { label: "info", description: vscode.l10n.t("it fails no run") },
      { label: "warning", description: vscode.l10n.t("it fails a run where --fail-on says so") },
      { label: "error", description: vscode.l10n.t("it fails every run") },
    ] as const,
    { title: vscode.l10n.t("Level of {0} in .dbops.yaml", ruleId) },
  );
  if (chosen === undefined) return;
  const uri = await configFileFor(activeTextEditor?.document, sessions);
  if (uri === undefined) return;
  const document = await vscode.workspace.openTextDocument(uri);
  const edits = writeLevel(new SourceFile(uri.toString(), document.getText()), ruleId, chosen.label);
  const isChanged = document.isDirty;
  const editor = await vscode.window.showTextDocument(document);
  if (edits === undefined) {
    void vscode.window.showWarningMessage(
      vscode.l10n.t("dbops cannot write into the rules of this file: add {0} by hand", `${ruleId}: ${chosen.label}`),
    );
    return;
  }
  const isDone = await editor.edit((builder) => {
    for (const { span, newText } of edits)
      builder.replace(new vscode.Range(document.positionAt(span.start), document.positionAt(span.end)), newText);
  });
  const at = document.positionAt(document.getText().indexOf(`${ruleId}:`));
  editor.selection = new vscode.Selection(at, at);
  editor.revealRange(new vscode.Range(at, at));
  if (isDone && !isChanged) await document.save(); // what else is not saved yet is not ours to save
}

/** The configuration that holds for a document; where there is none, one to start from is written into its folder. */
async function configFileFor(
  document: vscode.TextDocument | undefined,
  sessions: Sessions,
): Promise<vscode.Uri | undefined> {
  const inUse = document && sessions.of(document)?.configOf(document);
  if (inUse !== undefined) return inUse;
  const folder =
    (document && vscode.workspace.getWorkspaceFolder(document.uri)) ?? vscode.workspace.workspaceFolders?.[0];
  if (folder === undefined) return undefined;
  const there = await existing(folder);
  if (there !== undefined) return there;
  const uri = vscode.Uri.joinPath(folder.uri, ".dbops.yaml");
  const edit = new vscode.WorkspaceEdit();
  edit.createFile(uri, { ignoreIfExists: true });
  edit.insert(uri, new vscode.Position(0, 0), emptyConfig);
  await vscode.workspace.applyEdit(edit);
  await (await vscode.workspace.openTextDocument(uri)).save();
  return uri;
}

async function existing(folder: vscode.WorkspaceFolder): Promise<vscode.Uri | undefined> {
  const entries = await vscode.workspace.fs.readDirectory(folder.uri);
  const name = entries.map(([each]) => each).find(isConfigFile);
  return name === undefined ? undefined : vscode.Uri.joinPath(folder.uri, name);
}
