import { EditorSessions } from "@dbops/session";
import * as vscode from "vscode";
import { ChangesSinceBase } from "./changes-since-base.ts";
import { mayHoldManifests } from "./documents.ts";
import { files } from "./files.ts";
import { Published, type Shown } from "./published.ts";
import type { Session } from "./session.ts";
import { settingsFor } from "./settings.ts";
import type { Report } from "./tasks.ts";

/** Milliseconds after a run until views of a whole folder follow: they keep their distance from typing. */
const untilRest = 1000;

/** The sessions of VS Code's documents and folders. */
export class Sessions extends EditorSessions<vscode.Uri, vscode.TextDocument, ChangesSinceBase> {
  readonly #disposables: vscode.Disposable[];
  /** After each run, and when there is none to come. */
  readonly onDidLint: vscode.Event<void>;
  /** Some time after a run that no other one followed: what a text says changes with other files, too. */
  readonly onDidRest: vscode.Event<void>;
  /** After each comparison with a git revision. */
  readonly onDidCompare: vscode.Event<void>;

  constructor(
    diagnostics: vscode.DiagnosticCollection,
    changeDiagnostics: vscode.DiagnosticCollection,
    log: vscode.LogOutputChannel,
  ) {
    const { workspace, window } = vscode;
    const linted = new vscode.EventEmitter<void>();
    const rested = new vscode.EventEmitter<void>();
    const compared = new vscode.EventEmitter<void>();
    let rest: ReturnType<typeof setTimeout> | undefined;
    super({
      source: files,
      log,
      folders: () => workspace.workspaceFolders ?? [],
      folderOf: (uri) => workspace.getWorkspaceFolder(uri),
      documents: () => workspace.textDocuments,
      mayHoldManifests,
      settingsFor,
      publisher: (find) => new Published(diagnostics, find),
      follower: (followed) =>
        new ChangesSinceBase({ ...followed, diagnostics: changeDiagnostics, log, told: () => compared.fire() }),
      linted: () => {
        linted.fire();
        clearTimeout(rest);
        rest = setTimeout(() => rested.fire(), untilRest);
      },
    });
    this.onDidLint = linted.event;
    this.onDidRest = rested.event;
    this.onDidCompare = compared.event;
    this.#disposables = [
      linted,
      rested,
      { dispose: () => clearTimeout(rest) },
      compared,
      workspace.onDidOpenTextDocument((document) => this.open(document)),
      workspace.onDidChangeTextDocument(({ document, contentChanges }) =>
        this.change(
          document,
          contentChanges.map(({ rangeOffset, rangeLength, text, range: { start, end } }) => ({
            offset: rangeOffset,
            removed: rangeLength,
            text,
            startLine: start.line,
            endLine: end.line,
          })),
        ),
      ),
      workspace.onDidSaveTextDocument((document) => this.save(document)),
      workspace.onDidCloseTextDocument((document) => this.close(document)),
      workspace.onDidChangeWorkspaceFolders(() => this.restart()),
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration("dbops")) this.settingsChanged();
      }),
      window.onDidChangeTextEditorSelection(({ textEditor }) => this.#moveTo(textEditor)),
      window.onDidChangeActiveTextEditor((editor) => this.#moveTo(editor)),
    ];
    this.restart();
  }

  /** What is found in all of a folder, for people who run a task. */
  async report(folder: vscode.WorkspaceFolder): Promise<Report> {
    const session = this.ofFolder(folder);
    const findings = (await session.overview())?.findings ?? [];
    const lines = findings.flatMap(({ location, severity, message, ruleId }) => {
      const found = session.find(location.uri);
      if (found === undefined) return [];
      const { line, column } = found.file.positionAt(location.span.start);
      const path = vscode.workspace.asRelativePath(found.uri, false);
      return [`${path}:${line + 1}:${column + 1}: ${severity}: ${message} [${ruleId}]`];
    });
    return { lines, hasErrors: findings.some(({ severity }) => severity === "error") };
  }

  /** What is found against a git revision in a document, and by which session: the document may be one of that revision. */
  changesIn(
    document: vscode.TextDocument,
  ): { readonly session: Session; readonly shown: readonly Shown[] } | undefined {
    for (const session of this.all()) {
      const shown = session.follower?.shownIn(document) ?? [];
      if (shown.length > 0) return { session, shown };
    }
    return undefined;
  }

  override dispose(): void {
    super.dispose();
    for (const each of this.#disposables) each.dispose();
  }

  #moveTo(editor: vscode.TextEditor | undefined): void {
    if (editor !== undefined) this.moveTo(editor.document.uri, editor.selection.active.line);
  }
}
