import { isConfigFile } from "@dbops/core";
import type { Typing } from "@dbops/session";
import * as vscode from "vscode";
import { mayHoldManifests } from "./documents.ts";
import type { Shown } from "./published.ts";
import { Session, type Surroundings } from "./session.ts";
import { settingsFor } from "./settings.ts";
import type { Report } from "./tasks.ts";
import { nameOf } from "./to-vscode.ts";

/** Gives every document its session, and tells sessions what happens to their documents. */
export class Sessions implements vscode.Disposable {
  readonly #byFolder = new Map<string, Session>();
  readonly #alone = new Map<string, Session>();
  readonly #surroundings: Surroundings;
  readonly #disposables: vscode.Disposable[];
  readonly #changed = new vscode.EventEmitter<void>();
  /** After each run, and when there is none to come. */
  readonly onDidLint = this.#changed.event;
  readonly #compared = new vscode.EventEmitter<void>();
  /** After each comparison with a git revision. */
  readonly onDidCompare = this.#compared.event;
  #isWhole = false;
  #typing: Typing | undefined;
  #isPaused = false;

  constructor(
    diagnostics: vscode.DiagnosticCollection,
    changeDiagnostics: vscode.DiagnosticCollection,
    log: vscode.LogOutputChannel,
  ) {
    this.#surroundings = {
      diagnostics,
      changeDiagnostics,
      log,
      typing: () => this.#typing,
      linted: () => this.#changed.fire(),
      compared: () => this.#compared.fire(),
    };
    const { workspace, window } = vscode;
    this.#disposables = [
      this.#changed,
      this.#compared,
      workspace.onDidOpenTextDocument((document) => this.#open(document)),
      workspace.onDidChangeTextDocument((event) => this.#change(event)),
      workspace.onDidSaveTextDocument((document) => {
        this.#typing = undefined;
        this.of(document)?.save();
      }),
      workspace.onDidCloseTextDocument((document) => this.#close(document)),
      workspace.onDidChangeWorkspaceFolders(() => this.restart()),
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration("dbops")) for (const session of this.all()) session.settingsChanged();
      }),
      window.onDidChangeTextEditorSelection(({ textEditor }) => this.#leaveLine(textEditor)),
      window.onDidChangeActiveTextEditor((editor) => this.#leaveLine(editor)),
    ];
    this.restart();
  }

  all(): readonly Session[] {
    return [...this.#byFolder.values(), ...this.#alone.values()];
  }

  /** One for each workspace folder, read when asked for. */
  folders(): readonly Session[] {
    if (this.#isPaused) return [];
    return (vscode.workspace.workspaceFolders ?? []).map((folder) => this.#ofFolder(folder));
  }

  /** Shows the findings of all files, from now on. */
  async lintWhole(): Promise<number> {
    this.#isWhole = true;
    const counts = await Promise.all(this.folders().map((session) => session.lintWhole()));
    return counts.reduce((sum, each) => sum + each, 0);
  }

  /** What is found in all of a folder, for people who run a task. */
  async report(folder: vscode.WorkspaceFolder): Promise<Report> {
    const findings = (await this.#ofFolder(folder).overview())?.findings ?? [];
    const lines = findings.flatMap(({ location, severity, message, ruleId }) => {
      const found = this.#ofFolder(folder).find(location.uri);
      if (found === undefined) return [];
      const { line, column } = found.file.positionAt(location.span.start);
      const path = vscode.workspace.asRelativePath(found.uri, false);
      return [`${path}:${line + 1}:${column + 1}: ${severity}: ${message} [${ruleId}]`];
    });
    return { lines, hasErrors: findings.some(({ severity }) => severity === "error") };
  }

  /** Shows the findings of open files only, from now on. */
  lintOpen(): void {
    this.#isWhole = false;
    for (const session of this.all()) session.lintOpen();
  }

  /** The session of a document; undefined for what is not linted. */
  of(document: vscode.TextDocument): Session | undefined {
    const { uri } = document;
    if (this.#isPaused || !isLintable(document)) return undefined;
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    if (folder !== undefined) return this.#ofFolder(folder);
    return this.#alone.get(nameOf(uri)) ?? this.#aroundOf(document).find((session) => session.shows(uri));
  }

  /** What is found against a git revision in a document, and by which session: the document may be one of that revision. */
  changesIn(
    document: vscode.TextDocument,
  ): { readonly session: Session; readonly shown: readonly Shown[] } | undefined {
    for (const session of this.#byFolder.values()) {
      const shown = session.changes?.shownIn(document) ?? [];
      if (shown.length > 0) return { session, shown };
    }
    return undefined;
  }

  /** Sessions of folders in whose repository a document lies: for them it is context. */
  #aroundOf({ uri }: vscode.TextDocument): readonly Session[] {
    if (vscode.workspace.getWorkspaceFolder(uri) !== undefined) return [];
    return [...this.#byFolder.values()].filter((session) => session.reads(uri));
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Stops or resumes linting until the window is closed. */
  toggle(): boolean {
    this.#isPaused = !this.#isPaused;
    this.restart();
    return !this.#isPaused;
  }

  /** Forgets everything and reads the folders anew. */
  restart(): void {
    for (const session of this.all()) session.dispose();
    this.#byFolder.clear();
    this.#alone.clear();
    for (const document of vscode.workspace.textDocuments) this.#open(document);
    if (this.#isWhole) for (const session of this.folders()) void session.lintWhole();
    this.#changed.fire();
  }

  dispose(): void {
    for (const each of [...this.all(), ...this.#disposables]) each.dispose();
  }

  #ofFolder(folder: vscode.WorkspaceFolder): Session {
    const name = nameOf(folder.uri);
    const found = this.#byFolder.get(name) ?? new Session(folder.uri, folder, this.#surroundings);
    this.#byFolder.set(name, found);
    return found;
  }

  #open(document: vscode.TextDocument): void {
    if (this.#isPaused || !isLintable(document)) return;
    const { uri } = document;
    const around = this.#aroundOf(document);
    const isAlone =
      vscode.workspace.getWorkspaceFolder(uri) === undefined && !around.some((session) => session.shows(uri));
    if (isAlone && !this.#alone.has(nameOf(uri)))
      this.#alone.set(nameOf(uri), new Session(uri, undefined, this.#surroundings));
    const own = this.of(document);
    own?.open(document);
    for (const session of around) if (session !== own) session.hear(document);
  }

  #change(event: vscode.TextDocumentChangeEvent): void {
    const { document, contentChanges } = event;
    const last = contentChanges.at(-1);
    if (last === undefined) return;
    const isKey = contentChanges.length === 1 && last.range.isSingleLine && !last.text.trimStart().includes("\n");
    const line = last.range.start.line + (last.text.includes("\n") ? 1 : 0);
    this.#typing = isKey ? { uri: nameOf(document.uri), line } : undefined;
    const own = this.of(document);
    own?.change(event);
    for (const session of this.#aroundOf(document)) if (session !== own) session.hear(document);
  }

  #close(document: vscode.TextDocument): void {
    this.of(document)?.close(document);
    for (const session of this.#aroundOf(document)) session.close(document);
    const name = nameOf(document.uri);
    this.#alone.get(name)?.dispose();
    this.#alone.delete(name);
  }

  #leaveLine(editor: vscode.TextEditor | undefined): void {
    const typing = this.#typing;
    if (typing === undefined || editor === undefined) return;
    if (nameOf(editor.document.uri) === typing.uri && editor.selection.active.line === typing.line) return;
    this.#typing = undefined;
    for (const session of this.all()) session.leaveLine();
  }
}

/** Whether a document may hold manifests or a configuration; the engine looks at what is in it. */
function isLintable(document: vscode.TextDocument): boolean {
  const { uri } = document;
  if (!mayHoldManifests(document) || settingsFor(uri).ignoredSchemes.includes(uri.scheme)) return false;
  return !uri.path.includes("/.dbops.") || isConfigFile(uri.path);
}
