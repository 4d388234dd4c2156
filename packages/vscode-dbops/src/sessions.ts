import { isConfigFile } from "@dbops/core";
import * as vscode from "vscode";
import type { Typing } from "./linting/lint-session.ts";
import { Session, type Surroundings } from "./session.ts";
import { settingsFor } from "./settings.ts";
import { nameOf } from "./to-vscode.ts";

/** Languages whose documents may be manifests; what is in them decides. Kubernetes YAML is given many ids. */
const language = /yaml|kubernetes|helm|json|kustomize/i;
const own = new Set(["dbops", "output", "vscode", "walkThrough", "walkThroughSnippet", "vscode-scm", "comment"]);

/** Language ids that providers register for. */
export const selector: vscode.DocumentSelector = [
  "yaml",
  "kubernetes",
  "helm",
  "yaml-textmate",
  "kustomize",
  "json",
  "jsonc",
];

/** Gives every document its session, and tells sessions what happens to their documents. */
export class Sessions implements vscode.Disposable {
  readonly #byFolder = new Map<string, Session>();
  readonly #alone = new Map<string, Session>();
  readonly #around: Surroundings;
  readonly #disposables: vscode.Disposable[];
  readonly #changed = new vscode.EventEmitter<Session>();
  readonly onDidLint = this.#changed.event;
  #typing: Typing | undefined;
  #isPaused = false;

  constructor(diagnostics: vscode.DiagnosticCollection, log: vscode.LogOutputChannel) {
    this.#around = {
      diagnostics,
      log,
      typing: () => this.#typing,
      linted: (session) => this.#changed.fire(session),
    };
    const { workspace, window } = vscode;
    this.#disposables = [
      this.#changed,
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
    return (vscode.workspace.workspaceFolders ?? []).map((folder) => this.#ofFolder(folder));
  }

  /** The session of a document; undefined for what is not linted. */
  of(document: vscode.TextDocument): Session | undefined {
    const { uri } = document;
    if (this.#isPaused || !isLintable(document)) return undefined;
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    if (folder !== undefined) return this.#ofFolder(folder);
    return this.#alone.get(nameOf(uri));
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
  }

  dispose(): void {
    for (const each of [...this.all(), ...this.#disposables]) each.dispose();
  }

  #ofFolder(folder: vscode.WorkspaceFolder): Session {
    const name = nameOf(folder.uri);
    const found = this.#byFolder.get(name) ?? new Session(folder.uri, folder, this.#around);
    this.#byFolder.set(name, found);
    return found;
  }

  #open(document: vscode.TextDocument): void {
    if (this.#isPaused || !isLintable(document)) return;
    const { uri } = document;
    if (vscode.workspace.getWorkspaceFolder(uri) === undefined && !this.#alone.has(nameOf(uri)))
      this.#alone.set(nameOf(uri), new Session(uri, undefined, this.#around));
    this.of(document)?.open(document);
  }

  #change(event: vscode.TextDocumentChangeEvent): void {
    const { document, contentChanges } = event;
    const last = contentChanges.at(-1);
    if (last === undefined) return;
    const isKey = contentChanges.length === 1 && last.range.isSingleLine && !last.text.trimStart().includes("\n");
    const line = last.range.start.line + (last.text.includes("\n") ? 1 : 0);
    this.#typing = isKey ? { uri: nameOf(document.uri), line } : undefined;
    this.of(document)?.change(event);
  }

  #close(document: vscode.TextDocument): void {
    this.of(document)?.close(document);
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
  const { uri, languageId } = document;
  if (own.has(uri.scheme) || settingsFor(uri).ignoredSchemes.includes(uri.scheme)) return false;
  const isKnown = uri.scheme === "untitled" || vscode.workspace.getWorkspaceFolder(uri) !== undefined;
  // A diff or a pull request shows old texts under schemes of its own; only file systems are linted.
  if (!isKnown && !/^(file|vscode-(vfs|remote|userdata|test-web))$/.test(uri.scheme)) return false;
  return language.test(languageId) || isConfigFile(uri.path);
}
