import {
  type DatabaseBudget,
  type Finding,
  type FixOptions,
  type FixResult,
  isConfigFile,
  type LintResult,
  type OverviewItem,
  objectsIn,
  type WhatIf,
} from "@dbops/core";
import { type Disposable, type FileUri, type Log, nameOf } from "../files/file-system.ts";
import { type FileSource, FolderFiles, type OpenedFolder } from "../files/folder-files.ts";
import { FolderScope } from "../folder-scope.ts";
import type { Change } from "../held-findings.ts";
import { type Circumstances, type LintOptions, LintSession, type Typing } from "../lint-session.ts";
import { Pace, shortestPause } from "../pace.ts";
import { type EditorDocument, type Find, HeldTexts } from "./held-texts.ts";
import type { Settings } from "./settings.ts";

/** Where a session shows its findings. */
export interface Publisher {
  /** @param findings of one file, with the levels that are shown; all of them, each time */
  publish(name: string, findings: readonly Finding[], result: LintResult): void;
  withdraw(name: string): void;
}

/** Somebody who works on what a session has linted, after it. */
export interface Follower<U extends FileUri> extends Disposable {
  /** The folder is read, or there are other settings. */
  settled(settings: Settings, root: U): void;
  /** There are newer texts, which are linted first. */
  changed(): void;
  linted(circumstances: Circumstances): void;
}

/** What a follower may use of its session. */
export interface Followed<U extends FileUri> {
  readonly files: FolderFiles<U>;
  readonly lint: LintSession;
  readonly find: Find<U>;
  /** Where a file is that the core names, whether it is there or not. */
  uriOf(name: string): U;
  /** A finding with the level that the user gives it in a file; undefined: it is not shown. */
  asShown(finding: Finding, file: string): Finding | undefined;
}

/** What sessions share: the editor around them. */
export interface Surroundings<U extends FileUri, F extends Follower<U> = Follower<U>> {
  readonly source: FileSource<U>;
  readonly log: Log;
  settingsFor(uri: U): Settings;
  publisher(find: Find<U>): Publisher;
  /** undefined: nobody follows. */
  follower(followed: Followed<U>): F | undefined;
  /** The document and line that a person is typing. */
  typing(): Typing | undefined;
  /** After each run. */
  linted(): void;
}

/** Lints what belongs together while it is edited: a folder that somebody opened, or one document outside of any. */
export class FolderSession<
  U extends FileUri,
  D extends EditorDocument<U> = EditorDocument<U>,
  F extends Follower<U> = Follower<U>,
> implements Disposable
{
  /** undefined: a document alone. */
  readonly folder: OpenedFolder<U> | undefined;
  /** Who works on what is linted here. */
  readonly follower: F | undefined;
  readonly #uri: U;
  readonly #scope: FolderScope;
  readonly #around: Surroundings<U, F>;
  readonly #lint: LintSession;
  readonly #texts: HeldTexts<U, D>;
  readonly #publisher: Publisher;
  readonly #shown = new Map<string, readonly Finding[]>();
  readonly #linted = new Map<string, number>();
  readonly #files: FolderFiles<U> | undefined;
  /** What is read: the repository of the folder. */
  #root: U;
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
  constructor(uri: U, folder: OpenedFolder<U> | undefined, around: Surroundings<U, F>) {
    this.#uri = uri;
    this.#root = uri;
    this.folder = folder;
    this.#around = around;
    this.#settings = around.settingsFor(uri);
    const name = nameOf(uri).replace(/\/$/, "");
    this.#scope = new FolderScope(name);
    this.#lint =
      folder === undefined
        ? new LintSession(name.slice(0, name.lastIndexOf("/")), "file")
        : new LintSession(name, "folder");
    this.#texts = new HeldTexts(this.#lint, (each) => this.#withdraw(each));
    this.#publisher = around.publisher(this.find);
    this.#isReady = folder === undefined;
    this.#files =
      folder &&
      new FolderFiles(folder, around.source, {
        holds: (uri) => this.#texts.holds(uri),
        set: (uri, text) => this.#texts.onDisk(uri, text),
        remove: (uri) => this.#texts.removed(uri),
        changed: () => this.#changed(shortestPause),
      });
    this.follower =
      this.#files &&
      around.follower({
        files: this.#files,
        lint: this.#lint,
        find: this.find,
        uriOf: (name) => around.source.files.join(this.#root, name.slice(this.#lint.root.length)),
        asShown: (finding, file) => this.#asShown(finding, file),
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
  get shown(): ReadonlyMap<string, readonly Finding[]> {
    return this.#shown;
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
  judges(document: D): boolean {
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

  /** Who may open how many connections to which database of the folder, as it would be with other numbers. */
  async pools(whatIf?: WhatIf): Promise<readonly DatabaseBudget[]> {
    await this.#reading;
    if (!this.#settings.isEnabled) return [];
    return this.#lint.pools(new Set(this.#ownManifests()), this.#options(), today(), whatIf);
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

  open(document: D): void {
    this.#texts.opened(document);
    this.#changed(0);
  }

  change(document: D, changes: readonly Change[]): void {
    this.#texts.changed(document, changes);
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
  reads(uri: U): boolean {
    return nameOf(uri).startsWith(`${this.#lint.root}/`);
  }

  /** Whether what is found in a file stands in Problems though it is not open here. */
  shows(uri: U): boolean {
    return isConfigFile(uri.path) && this.#scope.shows(nameOf(uri));
  }

  /** Takes the text of a document around the folder as context. */
  hear(document: D): void {
    this.#texts.heard(document);
    this.#changed(this.#pace.afterKey);
  }

  close(document: D): void {
    if (!this.#texts.closed(document)) return;
    this.#linted.delete(nameOf(document.uri));
    this.#changed(0);
  }

  settingsChanged(): void {
    const { lintsWorkspace } = this.#settings;
    this.#settings = this.#around.settingsFor(this.#uri);
    // The last wish counts, whether a command or the setting said it.
    if (this.#settings.lintsWorkspace !== lintsWorkspace) this.#asked = undefined;
    this.#tellFollower();
    this.#changed(0);
  }

  /** The text and place that a name of the core stands for. */
  get find(): Find<U> {
    return this.#texts.find;
  }

  /** Findings of a document as it is now: a run that waits is done first. */
  current(document: D): readonly Finding[] {
    const name = nameOf(document.uri);
    if (this.#pace.isStale || this.#linted.get(name) !== document.version) this.#run();
    return this.shown.get(name) ?? [];
  }

  /** What is understood of the folder with a document as it is now; where files are linted when they are saved, nothing is shown for it. */
  async linted(document: D): Promise<LintResult | undefined> {
    await this.#reading;
    if (!this.#settings.isEnabled) return undefined;
    if (this.#settings.run === "onSave" && this.#pace.isStale)
      return this.#lint.look(new Set([nameOf(document.uri)]), this.#options(), today());
    this.current(document);
    return this.#result;
  }

  /** The same for who asks after each key: it waits for the run that is coming, and makes none. */
  async settled(document: D): Promise<LintResult | undefined> {
    await this.#reading;
    if (this.#settings.run === "onType") await this.#pace.settled(mostWaiting);
    const isKnown = this.#result?.files.has(nameOf(document.uri)) === true;
    return isKnown ? this.#result : this.linted(document);
  }

  /** The text of each changed file after the safe fixes of a document: of what is shown, or of some of its rules. */
  fixed(document: D, which: FixOptions): FixResult["files"] {
    const { ruleIds, ...rounds } = which;
    const shown = new Set(this.current(document).map(({ ruleId }) => ruleId));
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

  configOf(document: D): U | undefined {
    const name = this.#lint.configOf(nameOf(document.uri));
    return name === undefined ? undefined : this.#texts.uriOf(name);
  }

  notLinted(document: D): LintResult["notLinted"] {
    return this.#result?.notLinted.filter(({ uri }) => uri === nameOf(document.uri)) ?? [];
  }

  dispose(): void {
    this.#pace.dispose();
    this.#isReady = false;
    this.#isDisposed = true;
    this.#keepOnly(new Set());
    this.follower?.dispose();
    this.#files?.dispose();
  }

  async #read(): Promise<void> {
    if (this.#files === undefined) return;
    const { root, isWhole } = await this.#files.read(this.#around.log);
    // VS Code keeps documents for minutes after their file is deleted.
    for (const { uri, isDirty } of this.#texts.open.values())
      if (!isDirty && (await this.#around.source.files.stat(uri)) === undefined) this.#texts.removed(uri);
    this.#lint.place(nameOf(root).replace(/\/$/, ""), isWhole ? "folder" : "file");
    this.#isReady = !this.#isDisposed;
    this.#root = root;
    this.#tellFollower();
    this.#changed(0);
  }

  /** From the moment on that the folder is read. */
  #tellFollower(): void {
    if (this.#isReady) this.follower?.settled(this.#settings, this.#root);
  }

  /** There are newer texts, or other settings: they are linted after a pause, and followed after that. */
  #changed(pause: number | undefined): void {
    this.follower?.changed();
    this.#pace.changed(pause);
  }

  #options(): LintOptions {
    const { configFile, exclude } = this.#settings;
    const root = this.folder?.uri;
    const isGiven = configFile !== "" && root !== undefined;
    return {
      exclude: root === undefined ? exclude : this.#scope.seenFrom(this.#lint.root, exclude),
      configFile: isGiven ? nameOf(this.#around.source.files.join(root, configFile)) : undefined,
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

  #publish(name: string, findings: readonly Finding[], result: LintResult): void {
    if (this.find(name) === undefined) return;
    this.#shown.set(name, findings);
    this.#publisher.publish(name, findings, result);
  }

  #withdraw(name: string): void {
    if (this.#shown.delete(name)) this.#publisher.withdraw(name);
  }

  /** Takes back what is shown at every file but these. */
  #keepOnly(names: { has(name: string): boolean }): void {
    for (const name of [...this.#shown.keys()]) if (!names.has(name)) this.#withdraw(name);
  }

  /** Reads the folder once more, where nobody tells of what changes on disk. */
  async readAgain(): Promise<void> {
    await this.#reading;
    await this.#files?.readAgain();
  }

  #run(): void {
    if (!this.#isReady) return;
    const end = this.#pace.begin();
    if (!this.#settings.isEnabled) {
      this.#keepOnly(new Set());
      this.#result = undefined;
      end();
      this.#around.linted();
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
      this.#publish(
        name,
        findings.flatMap((finding) => this.#asShown(finding) ?? []),
        result,
      );
    }
    this.#keepOnly(result.shown);
    for (const [name, document] of this.#texts.open) this.#linted.set(name, document.version);
    this.#result = result;
    end();
    this.#sayOnce(result);
    this.#around.log[this.slowness ?? "debug"](
      `Linted ${requested.size} of ${result.files.size} files in ${this.duration.toFixed(1)} ms`,
    );
    this.#sayConfigurations(result);
    this.follower?.linted({ options, today: today(), typing, folder: this.#scope.name });
    this.#around.linted();
  }
}

/** Milliseconds after which somebody who waits for a run gets what is there. */
const mostWaiting = 2000;

/** The day in UTC, as the command line takes it. */
function today(): string {
  return new Date().toISOString().slice(0, 10);
}
