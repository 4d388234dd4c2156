import { type Finding, isConfigFile, type LintResult, mayHoldManifests, type SourceFile } from "@dbops/core";
import * as vscode from "vscode";
import { type LintOptions, LintSession, type Typing } from "./linting/lint-session.ts";
import { configsAbove, isFolder, readFolder, readText } from "./read-folder.ts";
import { type Settings, settingsFor } from "./settings.ts";
import { nameOf, toDiagnostic, toRange } from "./to-vscode.ts";

/** Waits at least this long after a change, and longer where linting takes long. */
const shortestPause = 150;

/** A diagnostic with what it was made of. */
export interface Shown {
  readonly finding: Finding;
  readonly diagnostic: vscode.Diagnostic;
}

/** What sessions share: where they publish and what they tell. */
export interface Surroundings {
  readonly diagnostics: vscode.DiagnosticCollection;
  readonly log: vscode.LogOutputChannel;
  /** The document and line that a person is typing. */
  typing(): Typing | undefined;
  /** After each run. */
  linted(session: Session): void;
}

/** Lints what belongs together: a workspace folder, or one document outside of any. */
export class Session implements vscode.Disposable {
  /** undefined: a document alone. */
  readonly folder: vscode.WorkspaceFolder | undefined;
  readonly #scope: vscode.Uri;
  readonly #around: Surroundings;
  readonly #lint: LintSession;
  readonly #documents = new Map<string, vscode.TextDocument>();
  readonly #uris = new Map<string, vscode.Uri>();
  readonly #published = new Set<string>();
  readonly #shown = new Map<string, readonly Shown[]>();
  readonly #linted = new Map<string, number>();
  readonly #gone = new Set<string>();
  readonly #disposables: vscode.Disposable[] = [];
  readonly #reading: Promise<void>;
  #isReady = false;
  #isWhole = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isStale = false;
  #duration = 0;
  #result: LintResult | undefined;
  #settings: Settings;

  constructor(scope: vscode.Uri, folder: vscode.WorkspaceFolder | undefined, around: Surroundings) {
    this.#scope = scope;
    this.folder = folder;
    this.#around = around;
    this.#settings = settingsFor(scope);
    const root = nameOf(folder?.uri ?? scope);
    this.#lint =
      folder === undefined
        ? new LintSession(root.slice(0, root.lastIndexOf("/")), "file")
        : new LintSession(root.replace(/\/$/, ""), "folder");
    this.#reading = folder === undefined ? Promise.resolve() : this.#read(folder);
    this.#isReady = folder === undefined;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** What the last run understood. */
  get result(): LintResult | undefined {
    return this.#result;
  }

  /** The findings of every file that was reported on. */
  get shown(): ReadonlyMap<string, readonly Shown[]> {
    return this.#shown;
  }

  /** All files of the folder, not only the open ones. */
  async lintWhole(): Promise<number> {
    this.#isWhole = true;
    await this.#reading;
    this.#run();
    return [...this.#shown.values()].reduce((sum, all) => sum + all.length, 0);
  }

  /** Everything that is in the folder, linted without showing it. */
  async overview(): Promise<LintResult | undefined> {
    await this.#reading;
    if (!this.#settings.isEnabled) return undefined;
    const asked = new Set(this.#lint.texts.manifests().map(({ uri }) => uri));
    return this.#lint.look(asked, this.#options(), today());
  }

  open(document: vscode.TextDocument): void {
    const name = this.#remember(document.uri);
    this.#documents.set(name, document);
    this.#gone.delete(name);
    this.#lint.texts.setOpen(name, document.getText());
    this.#schedule(0);
  }

  change(event: vscode.TextDocumentChangeEvent): void {
    const name = nameOf(event.document.uri);
    if (!this.#documents.has(name)) {
      this.open(event.document);
      return;
    }
    this.#gone.delete(name);
    const changes = event.contentChanges.map(({ rangeOffset, rangeLength, text }) => ({
      offset: rangeOffset,
      removed: rangeLength,
      inserted: text.length,
    }));
    this.#lint.changed(name, event.document.getText(), changes);
    if (this.#settings.run === "onType") this.#schedule(Math.max(shortestPause, 2 * this.#duration));
    else this.#isStale = true;
  }

  save(): void {
    this.#schedule(0);
  }

  /** Somebody left the line that they typed: what is broken there is said now. */
  leaveLine(): void {
    if (this.#settings.run === "onType") this.#schedule(shortestPause);
  }

  close(document: vscode.TextDocument): void {
    const name = nameOf(document.uri);
    if (!this.#documents.delete(name)) return;
    this.#lint.texts.setOpen(name, undefined);
    this.#lint.forget(name);
    this.#withdraw(name);
    this.#schedule(0);
  }

  get isEmpty(): boolean {
    return this.#documents.size === 0;
  }

  settingsChanged(): void {
    this.#settings = settingsFor(this.#scope);
    this.#schedule(0);
  }

  /** The text and place that a name of the core stands for. */
  find = (name: string): { readonly file: SourceFile; readonly uri: vscode.Uri } | undefined => {
    const file = this.#lint.texts.get(name);
    const uri = this.#uris.get(name);
    return file === undefined || uri === undefined ? undefined : { file, uri };
  };

  /** Findings of a document as it is now: a run that waits is done first. */
  current(document: vscode.TextDocument): readonly Shown[] {
    const name = nameOf(document.uri);
    if (this.#isStale || this.#linted.get(name) !== document.version) this.#run();
    return this.#shown.get(name) ?? [];
  }

  /** The text of each changed file after the safe fixes of a document. */
  fixed(document: vscode.TextDocument, ruleIds?: ReadonlySet<string>): ReturnType<LintSession["fixAll"]> {
    return this.#lint.fixAll(new Set([nameOf(document.uri)]), this.#options(), today(), ruleIds);
  }

  configOf(document: vscode.TextDocument): vscode.Uri | undefined {
    const name = this.#lint.configOf(nameOf(document.uri));
    return name === undefined ? undefined : this.#uris.get(name);
  }

  notLinted(document: vscode.TextDocument): LintResult["notLinted"] {
    return this.#result?.notLinted.filter(({ uri }) => uri === nameOf(document.uri)) ?? [];
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const name of [...this.#published]) this.#withdraw(name);
    for (const each of this.#disposables) each.dispose();
  }

  async #read(folder: vscode.WorkspaceFolder): Promise<void> {
    const begin = performance.now();
    const add = (uri: vscode.Uri, text: string): void => this.#lint.texts.setDisk(this.#remember(uri), text);
    await readFolder(folder.uri, add, (uri, why) => this.#around.log.info(`${uri.path} is not read: ${why}`));
    for (const uri of await configsAbove(folder.uri)) {
      const text = await readText(uri);
      if (text !== undefined) add(uri, text);
    }
    this.#isReady = true;
    const count = this.#lint.texts.manifests().length;
    this.#around.log.info(`Read ${count} manifests of ${folder.name} in ${Math.round(performance.now() - begin)} ms`);
    const pattern = new vscode.RelativePattern(folder, "**/{*.yaml,*.yml,*.json,Kustomization}");
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    const folders = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, "**"), false, true);
    this.#disposables.push(
      watcher,
      folders,
      watcher.onDidCreate((uri) => this.#reread(uri)),
      watcher.onDidChange((uri) => this.#reread(uri)),
      watcher.onDidDelete((uri) => this.#remove(uri)),
      // A folder that comes or goes does not always say what is in it.
      folders.onDidCreate((uri) => this.#readNew(uri)),
      folders.onDidDelete((uri) => this.#remove(uri)),
    );
    this.#schedule(0);
  }

  async #reread(uri: vscode.Uri): Promise<void> {
    if (!mayHoldManifests(uri.path) || /\/(node_modules|\.git)\//.test(uri.path)) return;
    const text = await readText(uri);
    const name = this.#remember(uri);
    this.#gone.delete(name);
    if (this.#lint.texts.get(name)?.text === text && this.#documents.has(name)) return;
    this.#lint.texts.setDisk(name, text);
    this.#schedule(shortestPause);
  }

  async #readNew(uri: vscode.Uri): Promise<void> {
    if (mayHoldManifests(uri.path) || /\/(node_modules|\.git)(\/|$)/.test(uri.path)) return;
    if (!(await isFolder(uri))) return;
    await readFolder(
      uri,
      (each, text) => this.#lint.texts.setDisk(this.#remember(each), text),
      () => {},
    );
    this.#schedule(shortestPause);
  }

  #remove(uri: vscode.Uri): void {
    const folder = nameOf(uri);
    for (const name of [folder, ...this.#lint.texts.below(folder)]) {
      this.#lint.texts.setDisk(name, undefined);
      if (this.#documents.get(name)?.isDirty !== true) {
        this.#lint.texts.setOpen(name, undefined);
        this.#gone.add(name);
      }
      this.#lint.forget(name);
      this.#withdraw(name);
    }
    this.#schedule(shortestPause);
  }

  #remember(uri: vscode.Uri): string {
    const name = nameOf(uri);
    this.#uris.set(name, uri);
    return name;
  }

  #schedule(pause: number): void {
    this.#isStale = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#isStale && this.#isReady) this.#run();
    }, pause);
  }

  #options(): LintOptions {
    const { configFile, exclude } = this.#settings;
    const root = this.folder?.uri;
    const isGiven = configFile !== "" && root !== undefined;
    return { exclude, configFile: isGiven ? nameOf(vscode.Uri.joinPath(root, configFile)) : undefined };
  }

  #run(): void {
    if (!this.#isReady) return;
    clearTimeout(this.#timer);
    this.#isStale = false;
    if (!this.#settings.isEnabled) {
      for (const name of [...this.#published]) this.#withdraw(name);
      this.#result = undefined;
      this.#around.linted(this);
      return;
    }
    const begin = performance.now();
    const open = [...this.#documents.keys()].filter((name) => !this.#gone.has(name));
    const whole = this.#isWhole ? this.#lint.texts.manifests().map(({ uri }) => uri) : [];
    const asked = new Set([...open.filter((name) => !isConfigFile(name)), ...whole]);
    const result = this.#lint.lint(asked, this.#options(), today(), this.#around.typing());
    const old = new Set(this.#published);
    for (const [name, findings] of result.shown) {
      old.delete(name);
      this.#publish(name, findings, result);
    }
    for (const name of old) this.#withdraw(name);
    for (const [name, document] of this.#documents) this.#linted.set(name, document.version);
    this.#result = result;
    this.#duration = performance.now() - begin;
    this.#around.log.debug(`Linted ${asked.size} of ${result.files.size} files in ${this.#duration.toFixed(1)} ms`);
    this.#around.linted(this);
  }

  #publish(name: string, findings: readonly Finding[], result: LintResult): void {
    const uri = this.#uris.get(name);
    if (uri === undefined) return;
    const isLeftOut = this.#settings.requireConfiguration && this.#lint.configOf(name) === undefined;
    const all = (isLeftOut ? [] : findings).flatMap((finding) => {
      const severity = this.#settings.severityOf(finding.ruleId, finding.severity);
      const diagnostic = severity === undefined ? undefined : toDiagnostic(finding, severity, this.find);
      return diagnostic === undefined ? [] : [{ finding, diagnostic }];
    });
    this.#shown.set(name, all);
    const diagnostics = [...all.map(({ diagnostic }) => diagnostic), ...this.#tooLarge(name, result)];
    // Markers that stay the same are not set again: the editor would draw them anew.
    if (!isSame(this.#around.diagnostics.get(uri) ?? [], diagnostics)) this.#around.diagnostics.set(uri, diagnostics);
    this.#published.add(name);
  }

  /** A document that is too large to lint says so: silence would be taken for praise. */
  #tooLarge(name: string, result: LintResult): readonly vscode.Diagnostic[] {
    return result.notLinted.flatMap(({ uri, reason, span, message }) => {
      const file = result.files.get(uri);
      if (uri !== name || reason !== "too-large" || file === undefined) return [];
      const line = file.positionAt(span.start).line;
      const range = toRange(file.lineSpan(line), file);
      const diagnostic = new vscode.Diagnostic(
        range,
        `This document ${message}`,
        vscode.DiagnosticSeverity.Information,
      );
      diagnostic.source = "dbops";
      return [diagnostic];
    });
  }

  #withdraw(name: string): void {
    const uri = this.#uris.get(name);
    if (uri !== undefined) this.#around.diagnostics.delete(uri);
    this.#published.delete(name);
    this.#shown.delete(name);
  }
}

/** The day where the user is. */
function today(): string {
  return new Date().toISOString().slice(0, 10);
}

function isSame(before: readonly vscode.Diagnostic[], after: readonly vscode.Diagnostic[]): boolean {
  return before.length === after.length && JSON.stringify(before) === JSON.stringify(after);
}
