import { applyEdits, SourceFile, type SuppressionScope, writeSuppression } from "@dbops/core";
import * as vscode from "vscode";
import type { Shown } from "./published.ts";
import type { Session } from "./session.ts";
import { settingsFor } from "./settings.ts";
import { nameOf, toWorkspaceEdit } from "./to-vscode.ts";

const titles: Readonly<Record<SuppressionScope, (ruleId: string) => string>> = {
  line: (ruleId) => vscode.l10n.t("Disable {0} for this line", ruleId),
  object: (ruleId) => vscode.l10n.t("Disable {0} for this object", ruleId),
  file: (ruleId) => vscode.l10n.t("Disable {0} for the entire file", ruleId),
};
const scopes: readonly SuppressionScope[] = ["line", "object", "file"];

/** Suppressions of a finding; the cursor goes to where the reason is written. */
export function suppressActions(
  { finding, diagnostic }: Shown,
  document: vscode.TextDocument,
  session: Session,
): vscode.CodeAction[] {
  const { enable, location } = settingsFor(document.uri).disableComment;
  const found = session.find(nameOf(document.uri));
  if (!enable || found === undefined) return [];
  const placement = location === "sameLine" ? "behind" : "above";
  return scopes.flatMap((scope) => {
    const written = writeSuppression(found.file, finding, scope, { placement });
    const edit = written && toWorkspaceEdit(written.edits, session.find);
    if (written === undefined || edit === undefined) return [];
    const after = new SourceFile(found.file.uri, applyEdits(found.file.text, written.edits));
    const { line, column } = after.positionAt(written.reasonAt);
    const action = new vscode.CodeAction(titles[scope](finding.ruleId), vscode.CodeActionKind.QuickFix);
    action.diagnostics = [diagnostic];
    action.edit = edit;
    action.command = {
      command: "dbops.writeReason",
      title: vscode.l10n.t("Write the reason"),
      arguments: [document.uri, line, column],
    };
    return [action];
  });
}

/** Puts the cursor where the reason of a new suppression is written. */
export async function writeReason(uri: vscode.Uri, line: number, column: number): Promise<void> {
  const editor = await vscode.window.showTextDocument(uri);
  const place = new vscode.Position(line, column);
  editor.selection = new vscode.Selection(place, place);
  editor.revealRange(new vscode.Range(place, place));
}
