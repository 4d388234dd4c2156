import { type Settings, settingsFrom } from "@dbops/session";
import * as vscode from "vscode";

/** What the user set for a file or folder. */
export function settingsFor(scope: vscode.Uri | undefined): Settings {
  const read = vscode.workspace.getConfiguration("dbops", scope ?? null);
  return settingsFrom({ get: (name, otherwise) => read.get(name, otherwise) });
}
