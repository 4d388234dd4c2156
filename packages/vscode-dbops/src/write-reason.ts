import * as vscode from "vscode";

/** Puts the cursor where the reason of a new suppression is written. */
export async function writeReason(uri: vscode.Uri, line: number, column: number): Promise<void> {
  const editor = await vscode.window.showTextDocument(uri);
  const place = new vscode.Position(line, column);
  editor.selection = new vscode.Selection(place, place);
  editor.revealRange(new vscode.Range(place, place));
}
