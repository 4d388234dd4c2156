import { isConfigFile } from "@dbops/core";
import { nameOf } from "@dbops/session";
import * as vscode from "vscode";
import { selector } from "./documents.ts";
import type { Session } from "./session.ts";
import type { Sessions } from "./sessions.ts";
import { problems } from "./to-vscode.ts";

/** What dbops makes of the active document, in the `{}` of the status bar: counts, configuration, what was not linted. */
export function registerStatus(sessions: Sessions): readonly vscode.Disposable[] {
  const item = vscode.languages.createLanguageStatusItem("dbops.status", selector);
  item.name = "dbops";
  item.command = { command: "dbops.openConfigFile", title: vscode.l10n.t("Configuration") };
  const update = (): void => {
    const document = vscode.window.activeTextEditor?.document;
    const session = document && sessions.of(document);
    item.busy = session?.isReady === false;
    item.severity = vscode.LanguageStatusSeverity.Information;
    if (document === undefined || session === undefined) {
      item.text = sessions.isPaused ? vscode.l10n.t("Linting is paused") : vscode.l10n.t("dbops does not lint this");
      item.detail = "";
      return;
    }
    const all = [...(session.shown.get(nameOf(document.uri)) ?? []), ...(session.follower?.shownIn(document) ?? [])];
    const left = session.notLinted(document);
    const config = session.configOf(document);
    item.text = `dbops: ${all.length > 0 ? problems(all.length) : silence(document, session)}`;
    const skipped = left.map(({ document: number, message }) => vscode.l10n.t("document {0} {1}", number, message));
    const { slowness, follower } = session;
    if (follower?.problem !== undefined) skipped.push(follower.problem);
    if (slowness !== undefined) skipped.push(vscode.l10n.t("linting took {0} s", (session.duration / 1000).toFixed(1)));
    if (skipped.length > 0) item.severity = vscode.LanguageStatusSeverity.Warning;
    if (slowness === "error") item.severity = vscode.LanguageStatusSeverity.Error;
    const from = config === undefined ? vscode.l10n.t("recommended rules") : vscode.workspace.asRelativePath(config);
    item.detail = [from, ...skipped].join(" · ");
  };
  update();
  return [
    item,
    sessions.onDidLint(update),
    sessions.onDidCompare(update),
    vscode.window.onDidChangeActiveTextEditor(update),
  ];
}

/** What it means that a document has no problems. */
function silence(document: vscode.TextDocument, session: Session): string {
  if (session.result === undefined) return vscode.l10n.t("not linted yet");
  return isConfigFile(document.uri.path) || session.judges(document)
    ? vscode.l10n.t("no problems")
    : vscode.l10n.t("no Kubernetes objects to lint");
}
