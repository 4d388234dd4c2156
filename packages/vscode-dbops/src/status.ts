import * as vscode from "vscode";
import { type Sessions, selector } from "./sessions.ts";
import { nameOf } from "./to-vscode.ts";

/** What dbops makes of the active document, in the `{}` of the status bar: counts, configuration, what was not linted. */
export function registerStatus(sessions: Sessions): readonly vscode.Disposable[] {
  const item = vscode.languages.createLanguageStatusItem("dbops.status", selector);
  item.name = "dbops";
  item.command = { command: "dbops.openConfigFile", title: "Configuration" };
  const update = (): void => {
    const document = vscode.window.activeTextEditor?.document;
    const session = document && sessions.of(document);
    item.busy = session?.isReady === false;
    item.severity = vscode.LanguageStatusSeverity.Information;
    if (document === undefined || session === undefined) {
      item.text = sessions.isPaused ? "dbops is paused" : "dbops does not lint this";
      item.detail = "";
      return;
    }
    const all = session.shown.get(nameOf(document.uri)) ?? [];
    const left = session.notLinted(document);
    const config = session.configOf(document);
    item.text =
      all.length === 0 ? "dbops: no problems" : `dbops: ${all.length} ${all.length === 1 ? "problem" : "problems"}`;
    const skipped = left.map(({ document: number, message }) => `document ${number} ${message}`);
    if (skipped.length > 0) item.severity = vscode.LanguageStatusSeverity.Warning;
    const from = config === undefined ? "recommended rules" : vscode.workspace.asRelativePath(config);
    item.detail = [from, ...skipped].join(" · ");
  };
  update();
  return [item, sessions.onDidLint(update), vscode.window.onDidChangeActiveTextEditor(update)];
}
