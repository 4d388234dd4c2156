import { inlayHintsIn } from "@dbops/session";
import * as vscode from "vscode";
import { selector } from "./documents.ts";
import type { Sessions } from "./sessions.ts";
import { settingsFor } from "./settings.ts";

/** Schedules in words, sums and unwritten defaults after their values. Where nobody wants them, VS Code is not told that there are any. */
export class InlayHints implements vscode.InlayHintsProvider, vscode.Disposable {
  readonly #sessions: Sessions;
  readonly onDidChangeInlayHints: vscode.Event<void>;
  readonly #listening: readonly vscode.Disposable[];
  #registration: vscode.Disposable | undefined;

  constructor(sessions: Sessions) {
    this.#sessions = sessions;
    this.onDidChangeInlayHints = sessions.onDidRest;
    this.#listening = [
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration("dbops.inlayHints")) this.#register();
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.#register()),
    ];
    this.#register();
  }

  async provideInlayHints(document: vscode.TextDocument, { start, end }: vscode.Range): Promise<vscode.InlayHint[]> {
    const session = this.#sessions.of(document);
    if (session === undefined || !settingsFor(document.uri).showsInlayHints) return [];
    const range = {
      start: { line: start.line, column: start.character },
      end: { line: end.line, column: end.character },
    };
    return (await inlayHintsIn(session, document, range)).map(({ position, text, tooltip }) => {
      const hint = new vscode.InlayHint(new vscode.Position(position.line, position.column), text);
      hint.tooltip = new vscode.MarkdownString(tooltip);
      hint.paddingLeft = true;
      return hint;
    });
  }

  dispose(): void {
    this.#registration?.dispose();
    for (const each of this.#listening) each.dispose();
  }

  /** Each time again, so that VS Code asks for what it shows. */
  #register(): void {
    this.#registration?.dispose();
    const scopes = [undefined, ...(vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri)];
    const isWanted = scopes.some((scope) => settingsFor(scope).showsInlayHints);
    this.#registration = isWanted ? vscode.languages.registerInlayHintsProvider(selector, this) : undefined;
  }
}
