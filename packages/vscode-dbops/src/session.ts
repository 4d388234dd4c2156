import {
  type FixOptions,
  type FixResult,
  isConfigFile,
  type LintResult,
  type OverviewItem,
  type SourceFile,
} from "@dbops/core";
import * as vscode from "vscode";
import { FolderFiles } from "./folder-files.ts";
import { FolderScope } from "./folder-scope.ts";
import { type LintOptions, LintSession, type Typing } from "./linting/lint-session.ts";
import { Published, type Shown } from "./published.ts";
import { type Settings, settingsFor } from "./settings.ts";
import { nameOf } from "./to-vscode.ts";

/** Waits at least this long after a change, and longer where linting takes long. */
const shortestPause = 150;

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
  readonly #uri: vscode.Uri;
  readonly #scope: FolderScope;
  readonly #around: Surroundings;
  readonly #lint: LintSession;
  readonly #documents = new Map<string, vscode.TextDocument>();
  readonly #uris = new Map<string, vscode.Uri>();
  readonly #published: Published;
  readonly #linted = new Map<string, number>();
  readonly #gone = new Set<string>();
  readonly #files: FolderFiles | undefined;
  readonly #reading: Promise<void>;
  #isReady = false;
  #isDisposed = false;
  #isWhole = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isStale = false;
  #duration = 0;
  #result: LintResult | undefined;
  #settings: Settings;

  /** @param uri of the folder, or of the document */
  constructor(uri: vscode.Uri, folder: vscode.WorkspaceFolder | undefined, around: Surroundings) {
    this.#uri = uri;
    this.folder = folder;
    this.#around = around;
    this.#settings = settingsFor(uri);
    const name = nameOf(uri).replace(/\/$/, "");
    this.#scope = new FolderScope(name);
    this.#lint =
      folder === undefined
        ? new LintSession(name.slice(0, name.lastIndexOf("/")), "file")
        : new LintSession(name, "folder");
    this.#published = new Published(around.diagnostics, this.find);
    this.#isReady = folder === undefined;
    this.#files =
      folder === undefined
        ? undefined
        : new FolderFiles(folder, {
            set: (uri, text) => this.#setDisk(uri, text),
            remove: (uri) => this.#remove(uri),
            changed: () => this.#schedule(shortestPause),
          });
    this.#reading = this.#read();
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
    return this.#published.shown;
  }

  /** All files of the folder, not only the open ones. */
  async lintWhole(): Promise<number> {
    this.#isWhole = true;
    await this.#reading;
    this.#run();
    return [...this.shown.values()].reduce((sum, all) => sum + all.length, 0);
  }

  /** Everything that is in the folder, linted without showing it. */
  async overview(): Promise<LintResult | undefined> {
    await this.#reading;
    if (!this.#settings.isEnabled) return undefined;
    const asked = new Set(this.#ownManifests());
    return this.#lint.look(asked, this.#options(), today());
  }

  /** Whether something stands in the folder itself, not in the repository around it. */
  holds({ uri, children }: OverviewItem): boolean {
    return this.#scope.contains(uri) || children.some((child) => this.holds(child));
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
    this.#published.withdraw(name);
    this.#schedule(0);
  }

  get isEmpty(): boolean {
    return this.#documents.size === 0;
  }

  settingsChanged(): void {
    this.#settings = settingsFor(this.#uri);
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
    return this.shown.get(name) ?? [];
  }

  /** The text of each changed file after the safe fixes of a document. */
  fixed(document: vscode.TextDocument, which: FixOptions): FixResult {
    return this.#lint.fixAll(new Set([nameOf(document.uri)]), this.#options(), today(), which);
  }

  /** Milliseconds of the last run. */
  get duration(): number {
    return this.#duration;
  }

  /** How bad it is that the last run took so long; undefined: it is not. */
  get slowness(): "warn" | "error" | undefined {
    const { warn, error } = this.#settings.timeBudget;
    if (error > 0 && this.#duration >= error) return "error";
    return warn > 0 && this.#duration >= warn ? "warn" : undefined;
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
    this.#isReady = false;
    this.#isDisposed = true;
    this.#published.keepOnly(new Set());
    this.#files?.dispose();
  }

  async #read(): Promise<void> {
    if (this.#files === undefined) return;
    const { root, isWhole } = await this.#files.read(this.#around.log);
    this.#lint.place(nameOf(root).replace(/\/$/, ""), isWhole ? "folder" : "file");
    this.#isReady = !this.#isDisposed;
    this.#schedule(0);
  }

  #setDisk(uri: vscode.Uri, text: string | undefined): void {
    const name = this.#remember(uri);
    this.#gone.delete(name);
    this.#lint.texts.setDisk(name, text);
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
      this.#published.withdraw(name);
    }
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
    return {
      exclude: root === undefined ? exclude : this.#scope.seenFrom(this.#lint.root, exclude),
      configFile: isGiven ? nameOf(vscode.Uri.joinPath(root, configFile)) : undefined,
    };
  }

  /** The manifests of the folder, without those around it. */
  #ownManifests(): readonly string[] {
    return this.#lint.texts.manifests().flatMap(({ uri }) => (this.#scope.contains(uri) ? [uri] : []));
  }

  #run(): void {
    if (!this.#isReady) return;
    clearTimeout(this.#timer);
    this.#isStale = false;
    if (!this.#settings.isEnabled) {
      this.#published.keepOnly(new Set());
      this.#result = undefined;
      this.#around.linted(this);
      return;
    }
    const begin = performance.now();
    const open = [...this.#documents.keys()].filter((name) => !this.#gone.has(name));
    const { workspaceGlobs, requireConfiguration } = this.#settings;
    const whole = this.#isWhole ? this.#ownManifests().filter((name) => this.#scope.isAmong(workspaceGlobs, name)) : [];
    const asked = new Set([...open.filter((name) => !isConfigFile(name)), ...whole]);
    const result = this.#lint.lint(asked, this.#options(), today(), this.#around.typing());
    for (const [name, findings] of result.shown) {
      if (!this.#documents.has(name) && !this.#scope.shows(name)) continue;
      const isLeftOut = requireConfiguration && this.#lint.configOf(name) === undefined;
      this.#published.publish(name, isLeftOut ? [] : findings, result, this.#settings);
    }
    this.#published.keepOnly(result.shown);
    for (const [name, document] of this.#documents) this.#linted.set(name, document.version);
    this.#result = result;
    this.#duration = performance.now() - begin;
    this.#around.log[this.slowness ?? "debug"](
      `Linted ${asked.size} of ${result.files.size} files in ${this.#duration.toFixed(1)} ms`,
    );
    this.#around.linted(this);
  }
}

/** The day in UTC, as the command line takes it. */
function today(): string {
  return new Date().toISOString().slice(0, 10);
}
