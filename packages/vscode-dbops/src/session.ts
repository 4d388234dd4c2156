import {
  type Finding,
  type FixOptions,
  type FixResult,
  isConfigFile,
  type LintResult,
  type OverviewItem,
  objectsIn,
} from "@dbops/core";
import { FolderScope, type LintOptions, LintSession, Pace, shortestPause, type Typing } from "@dbops/session";
import * as vscode from "vscode";
import { ChangesSinceBase } from "./changes-since-base.ts";
import { FolderFiles } from "./folder-files.ts";
import { HeldTexts } from "./held-texts.ts";
import { Published, type Shown } from "./published.ts";
import { exists } from "./read-folder.ts";
import { type Settings, settingsFor } from "./settings.ts";
import { nameOf } from "./to-vscode.ts";

/** What sessions share: where they publish and what they tell. */
export interface Surroundings {
  readonly diagnostics: vscode.DiagnosticCollection;
  /** For what is found against a git revision. */
  readonly changeDiagnostics: vscode.DiagnosticCollection;
  readonly log: vscode.LogOutputChannel;
  /** The document and line that a person is typing. */
  typing(): Typing | undefined;
  /** After each run. */
  linted(session: Session): void;
  /** After each comparison with a git revision, and when there is none to come. */
  compared(): void;
}

/** Lints what belongs together: a workspace folder, or one document outside of any. */
export class Session implements vscode.Disposable {
  /** undefined: a document alone. */
  readonly folder: vscode.WorkspaceFolder | undefined;
  readonly #uri: vscode.Uri;
  readonly #scope: FolderScope;
  readonly #around: Surroundings;
  readonly #lint: LintSession;
  readonly #texts: HeldTexts;
  readonly #published: Published;
  readonly #linted = new Map<string, number>();
  readonly #files: FolderFiles | undefined;
  readonly #changes: ChangesSinceBase | undefined;
  /** What is read: the repository of the folder. */
  #root: vscode.Uri;
  readonly #reading: Promise<void>;
  #isReady = false;
  #isDisposed = false;
  /** What a command asked for since the setting last changed; undefined: the setting decides. */
  #asked: "whole" | "open" | undefined;
  readonly #pace = new Pace(() => this.#run());
  readonly #said = new Set<string>();
  #result: LintResult | undefined;
  #settings: Settings;

  /** @param uri of the folder, or of the document */
  constructor(uri: vscode.Uri, folder: vscode.WorkspaceFolder | undefined, around: Surroundings) {
    this.#uri = uri;
    this.#root = uri;
    this.folder = folder;
    this.#around = around;
    this.#settings = settingsFor(uri);
    const name = nameOf(uri).replace(/\/$/, "");
    this.#scope = new FolderScope(name);
    this.#lint =
      folder === undefined
        ? new LintSession(name.slice(0, name.lastIndexOf("/")), "file")
        : new LintSession(name, "folder");
    this.#texts = new HeldTexts(this.#lint, (each) => this.#published.withdraw(each));
    this.#published = new Published(around.diagnostics, this.#texts.find);
    this.#isReady = folder === undefined;
    this.#files =
      folder === undefined
        ? undefined
        : new FolderFiles(folder, {
            holds: (uri) => this.#texts.holds(uri),
            set: (uri, text) => this.#texts.onDisk(uri, text),
            remove: (uri) => this.#texts.removed(uri),
            changed: () => this.#changed(shortestPause),
          });
    this.#changes =
      this.#files === undefined
        ? undefined
        : new ChangesSinceBase({
            diagnostics: around.changeDiagnostics,
            log: around.log,
            files: this.#files,
            lint: this.#lint,
            find: this.#texts.find,
            uriOf: (each) => vscode.Uri.joinPath(this.#root, each.slice(this.#lint.root.length)),
            asShown: (finding, file) => this.#asShown(finding, file),
            told: () => around.compared(),
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
    this.#asked = "whole";
    await this.#reading;
    this.#run();
    return [...this.shown.values()].reduce((sum, all) => sum + all.length, 0);
  }

  /** The open files alone, though the setting says all. */
  lintOpen(): void {
    this.#asked = "open";
    this.#changed(0);
  }

  /** Whether a database, or what belongs to one, is written in the folder. */
  get holdsDatabases(): boolean {
    return (this.#result?.workspaces ?? []).some(({ topology: { databases, poolers, backups, migrations } }) =>
      [
        ...databases.map(({ resource }) => resource),
        ...poolers.map(({ resource }) => resource),
        ...backups.map(({ resource }) => resource),
        ...migrations.map(({ workload }) => workload.resource),
      ].some(({ document }) => this.#scope.contains(document.file.uri)),
    );
  }

  /** Whether objects of a document were looked at: without any, silence says nothing. */
  judges(document: vscode.TextDocument): boolean {
    return this.#result !== undefined && objectsIn(this.#result, nameOf(document.uri)).length > 0;
  }

  /** Everything that is in the folder, linted without showing it. */
  async overview(): Promise<LintResult | undefined> {
    await this.#reading;
    if (!this.#settings.isEnabled) return undefined;
    const requested = new Set(this.#ownManifests());
    const result = this.#lint.look(requested, this.#options(), today());
    return { ...result, findings: result.findings.flatMap((finding) => this.#asShown(finding) ?? []) };
  }

  /** Whether something stands in the folder itself, not in the repository around it. */
  holds({ uri, children }: OverviewItem): boolean {
    return this.#scope.contains(uri) || children.some((child) => this.holds(child));
  }

  /** A finding with the level that the user gives it in a file; undefined: it is not shown. */
  #asShown(finding: Finding, file = finding.location.uri): Finding | undefined {
    const isLeftOut = this.#settings.requireConfiguration && this.#lint.configOf(file) === undefined;
    const severity = isLeftOut ? undefined : this.#settings.severityOf(finding.ruleId, finding.severity);
    return severity === undefined ? undefined : { ...finding, severity };
  }

  open(document: vscode.TextDocument): void {
    this.#texts.opened(document);
    this.#changed(0);
  }

  change(event: vscode.TextDocumentChangeEvent): void {
    this.#texts.changed(event);
    this.#changed(this.#settings.run === "onType" ? this.#pace.afterKey : undefined);
  }

  save(): void {
    this.#changed(0);
  }

  /** Somebody left the line that they typed: what is broken there is said now. */
  leaveLine(): void {
    if (this.#settings.run === "onType") this.#changed(shortestPause);
  }

  /** Whether the session reads where a file lies. */
  reads(uri: vscode.Uri): boolean {
    return nameOf(uri).startsWith(`${this.#lint.root}/`);
  }

  /** Whether what is found in a file stands in Problems though it is not open here. */
  shows(uri: vscode.Uri): boolean {
    return isConfigFile(uri.path) && this.#scope.shows(nameOf(uri));
  }

  /** Takes the text of a document around the folder as context. */
  hear(document: vscode.TextDocument): void {
    this.#texts.heard(document);
    this.#changed(this.#pace.afterKey);
  }

  close(document: vscode.TextDocument): void {
    if (!this.#texts.closed(document)) return;
    this.#linted.delete(nameOf(document.uri));
    this.#changed(0);
  }

  settingsChanged(): void {
    const { lintsWorkspace } = this.#settings;
    this.#settings = settingsFor(this.#uri);
    // The last wish counts, whether a command or the setting said it.
    if (this.#settings.lintsWorkspace !== lintsWorkspace) this.#asked = undefined;
    this.#compare();
    this.#changed(0);
  }

  /** What changes of the folder do, if they are compared with anything. */
  get changes(): ChangesSinceBase | undefined {
    return this.#changes;
  }

  /** The text and place that a name of the core stands for. */
  get find(): HeldTexts["find"] {
    return this.#texts.find;
  }

  /** Findings of a document as it is now: a run that waits is done first. */
  current(document: vscode.TextDocument): readonly Shown[] {
    const name = nameOf(document.uri);
    if (this.#pace.isStale || this.#linted.get(name) !== document.version) this.#run();
    return this.shown.get(name) ?? [];
  }

  /** What is understood of the folder with a document as it is now; where files are linted when they are saved, nothing is shown for it. */
  async linted(document: vscode.TextDocument): Promise<LintResult | undefined> {
    await this.#reading;
    if (!this.#settings.isEnabled) return undefined;
    if (this.#settings.run === "onSave" && this.#pace.isStale)
      return this.#lint.look(new Set([nameOf(document.uri)]), this.#options(), today());
    this.current(document);
    return this.#result;
  }

  /** The same for who asks after each key: it waits for the run that is coming, and makes none. */
  async settled(document: vscode.TextDocument): Promise<LintResult | undefined> {
    await this.#reading;
    if (this.#settings.run === "onType") await this.#pace.settled(mostWaiting);
    const isKnown = this.#result?.files.has(nameOf(document.uri)) === true;
    return isKnown ? this.#result : this.linted(document);
  }

  /** The text of each changed file after the safe fixes of a document: of what is shown, or of some of its rules. */
  fixed(document: vscode.TextDocument, which: FixOptions): FixResult["files"] {
    const { ruleIds, ...rounds } = which;
    const shown = new Set(this.current(document).map(({ finding }) => finding.ruleId));
    const repaired = ruleIds === undefined ? shown : new Set([...shown].filter((id) => ruleIds.has(id)));
    if (repaired.size === 0) return [];
    const options = { ...rounds, ruleIds: repaired };
    return this.#lint.fixAll(new Set([nameOf(document.uri)]), this.#options(), today(), options).files;
  }

  /** Milliseconds of the last run. */
  get duration(): number {
    return this.#pace.duration;
  }

  /** How bad it is that the last run took so long; undefined: it is not. */
  get slowness(): "warn" | "error" | undefined {
    return this.#pace.slowness(this.#settings.timeBudget);
  }

  configOf(document: vscode.TextDocument): vscode.Uri | undefined {
    const name = this.#lint.configOf(nameOf(document.uri));
    return name === undefined ? undefined : this.#texts.uriOf(name);
  }

  notLinted(document: vscode.TextDocument): LintResult["notLinted"] {
    return this.#result?.notLinted.filter(({ uri }) => uri === nameOf(document.uri)) ?? [];
  }

  dispose(): void {
    this.#pace.dispose();
    this.#isReady = false;
    this.#isDisposed = true;
    this.#published.keepOnly(new Set());
    this.#changes?.dispose();
    this.#files?.dispose();
  }

  async #read(): Promise<void> {
    if (this.#files === undefined) return;
    const { root, isWhole } = await this.#files.read(this.#around.log);
    // VS Code keeps documents for minutes after their file is deleted.
    for (const { uri, isDirty } of this.#texts.open.values())
      if (!isDirty && !(await exists(uri))) this.#texts.removed(uri);
    this.#lint.place(nameOf(root).replace(/\/$/, ""), isWhole ? "folder" : "file");
    this.#isReady = !this.#isDisposed;
    this.#root = root;
    this.#compare();
    this.#changed(0);
  }

  /** Compares with the base that is set, from the moment on that the folder is read. */
  #compare(): void {
    const { isEnabled, changeBase } = this.#settings;
    if (this.#isReady) this.#changes?.against(isEnabled ? changeBase : "", this.#root);
  }

  /** There are newer texts, or other settings: they are linted after a pause, and compared after that. */
  #changed(pause: number | undefined): void {
    this.#changes?.changed();
    this.#pace.changed(pause);
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

  /** What is wrong with a configuration is underlined in it, and said once for who has it not open. */
  #sayConfigurations({ findings }: LintResult): void {
    for (const { ruleId, location, message } of findings) {
      if (!ruleId.startsWith("configuration-") || this.#said.has(location.uri + message)) continue;
      this.#said.add(location.uri + message);
      this.#around.log.warn(`${location.uri}: ${message}`);
    }
  }

  /** Once for each folder: what holds in it, so that a log is never empty. */
  #sayOnce({ files, workspaces }: LintResult): void {
    if (this.#said.has("")) return;
    this.#said.add("");
    const databases = workspaces.reduce((sum, { topology }) => sum + topology.databases.length, 0);
    const name = this.folder?.name ?? this.#uri.path;
    this.#around.log.info(`Linting ${name}: ${files.size} files with ${databases} databases in view`);
  }

  #run(): void {
    if (!this.#isReady) return;
    const end = this.#pace.begin();
    if (!this.#settings.isEnabled) {
      this.#published.keepOnly(new Set());
      this.#result = undefined;
      end();
      this.#around.linted(this);
      return;
    }
    const open = this.#texts.lintable();
    const { workspaceGlobs, lintsWorkspace } = this.#settings;
    const whole =
      this.#asked === "whole" || (lintsWorkspace && this.#asked === undefined)
        ? this.#ownManifests().filter((name) => this.#scope.isAmong(workspaceGlobs, name))
        : [];
    const requested = new Set([...open.filter((name) => !isConfigFile(name)), ...whole]);
    const [options, typing] = [this.#options(), this.#around.typing()];
    const result = this.#lint.lint(requested, options, today(), typing);
    for (const [name, findings] of result.shown) {
      if (!this.#texts.open.has(name) && !this.#scope.shows(name)) continue;
      this.#published.publish(
        name,
        findings.flatMap((finding) => this.#asShown(finding) ?? []),
        result,
      );
    }
    this.#published.keepOnly(result.shown);
    for (const [name, document] of this.#texts.open) this.#linted.set(name, document.version);
    this.#result = result;
    end();
    this.#sayOnce(result);
    this.#around.log[this.slowness ?? "debug"](
      `Linted ${requested.size} of ${result.files.size} files in ${this.duration.toFixed(1)} ms`,
    );
    this.#sayConfigurations(result);
    this.#changes?.linted({ options, today: today(), typing, folder: this.#scope.name });
    this.#around.linted(this);
  }
}

/** Milliseconds after which somebody who waits for a run gets what is there. */
const mostWaiting = 2000;

/** The day in UTC, as the command line takes it. */
function today(): string {
  return new Date().toISOString().slice(0, 10);
}
