import { isConfigFile } from "@dbops/core";
import { type Disposable, type FileUri, nameOf } from "../files/file-system.ts";
import type { OpenedFolder } from "../files/folder-files.ts";
import type { Typing } from "../lint-session.ts";
import { FolderSession, type Follower, type Surroundings } from "./folder-session.ts";
import type { EditorDocument } from "./held-texts.ts";

/** What an editor has open, and what surrounds its sessions. */
export interface Editor<U extends FileUri, D extends EditorDocument<U>, F extends Follower<U> = Follower<U>>
  extends Omit<Surroundings<U, F>, "typing"> {
  folders(): readonly OpenedFolder<U>[];
  /** The folder that a file is in, of those that are open. */
  folderOf(uri: U): OpenedFolder<U> | undefined;
  documents(): readonly D[];
  /** Whether a document is one that people write, of a language whose documents may be manifests. */
  mayHoldManifests(document: D): boolean;
}

/** One change of a document. Places are those that the text had before it. */
export interface TextChange {
  readonly offset: number;
  /** Characters. */
  readonly removed: number;
  readonly text: string;
  /** Zero-based lines. */
  readonly startLine: number;
  readonly endLine: number;
}

/** Gives every document of an editor its session, and tells sessions what happens to their documents. */
export class EditorSessions<
  U extends FileUri,
  D extends EditorDocument<U> = EditorDocument<U>,
  F extends Follower<U> = Follower<U>,
> implements Disposable
{
  readonly #byFolder = new Map<string, FolderSession<U, D, F>>();
  readonly #alone = new Map<string, FolderSession<U, D, F>>();
  readonly #editor: Editor<U, D, F>;
  readonly #surroundings: Surroundings<U, F>;
  #isWhole = false;
  #typing: Typing | undefined;
  #isPaused = false;

  constructor(editor: Editor<U, D, F>) {
    this.#editor = editor;
    this.#surroundings = { ...editor, typing: () => this.#typing };
  }

  all(): readonly FolderSession<U, D, F>[] {
    return [...this.#byFolder.values(), ...this.#alone.values()];
  }

  /** One for each open folder, read when asked for. */
  folders(): readonly FolderSession<U, D, F>[] {
    if (this.#isPaused) return [];
    return this.#editor.folders().map((folder) => this.ofFolder(folder));
  }

  /** Shows the findings of all files, from now on. */
  async lintWhole(): Promise<number> {
    this.#isWhole = true;
    const counts = await Promise.all(this.folders().map((session) => session.lintWhole()));
    return counts.reduce((sum, each) => sum + each, 0);
  }

  /** Shows the findings of open files only, from now on. */
  lintOpen(): void {
    this.#isWhole = false;
    for (const session of this.all()) session.lintOpen();
  }

  /** The session of a document; undefined for what is not linted. */
  of(document: D): FolderSession<U, D, F> | undefined {
    const { uri } = document;
    if (this.#isPaused || !this.#isLintable(document)) return undefined;
    const folder = this.#editor.folderOf(uri);
    if (folder !== undefined) return this.ofFolder(folder);
    return this.#alone.get(nameOf(uri)) ?? this.#aroundOf(document).find((session) => session.shows(uri));
  }

  ofFolder(folder: OpenedFolder<U>): FolderSession<U, D, F> {
    const name = nameOf(folder.uri);
    const found = this.#byFolder.get(name) ?? new FolderSession(folder.uri, folder, this.#surroundings);
    this.#byFolder.set(name, found);
    return found;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Stops or resumes linting until the editor is closed. */
  toggle(): boolean {
    this.#isPaused = !this.#isPaused;
    this.restart();
    return !this.#isPaused;
  }

  /** Forgets everything and reads the folders again. */
  restart(): void {
    for (const session of this.all()) session.dispose();
    this.#byFolder.clear();
    this.#alone.clear();
    for (const document of this.#editor.documents()) this.open(document);
    if (this.#isWhole) for (const session of this.folders()) void session.lintWhole();
    this.#editor.linted();
  }

  settingsChanged(): void {
    for (const session of this.all()) session.settingsChanged();
  }

  open(document: D): void {
    if (this.#isPaused || !this.#isLintable(document)) return;
    const { uri } = document;
    const around = this.#aroundOf(document);
    const isAlone = this.#editor.folderOf(uri) === undefined && !around.some((session) => session.shows(uri));
    if (isAlone && !this.#alone.has(nameOf(uri)))
      this.#alone.set(nameOf(uri), new FolderSession(uri, undefined, this.#surroundings));
    const own = this.of(document);
    own?.open(document);
    for (const session of around) if (session !== own) session.hear(document);
  }

  /** @param changes in the order in which they were made */
  change(document: D, changes: readonly TextChange[]): void {
    const last = changes.at(-1);
    if (last === undefined) return;
    const isKey = changes.length === 1 && last.startLine === last.endLine && !last.text.trimStart().includes("\n");
    const line = last.startLine + (last.text.includes("\n") ? 1 : 0);
    this.#typing = isKey ? { uri: nameOf(document.uri), line } : undefined;
    const own = this.of(document);
    own?.change(
      document,
      changes.map(({ offset, removed, text }) => ({ offset, removed, inserted: text.length })),
    );
    for (const session of this.#aroundOf(document)) if (session !== own) session.hear(document);
  }

  save(document: D): void {
    this.#typing = undefined;
    this.of(document)?.save();
  }

  close(document: D): void {
    this.of(document)?.close(document);
    for (const session of this.#aroundOf(document)) session.close(document);
    const name = nameOf(document.uri);
    this.#alone.get(name)?.dispose();
    this.#alone.delete(name);
  }

  /** The person is at a line now, or, without one, no longer types: what is broken in the line they left is said. */
  moveTo(uri?: U, line?: number): void {
    const typing = this.#typing;
    if (typing === undefined) return;
    if (uri !== undefined && nameOf(uri) === typing.uri && line === typing.line) return;
    this.#typing = undefined;
    for (const session of this.all()) session.leaveLine();
  }

  dispose(): void {
    for (const each of this.all()) each.dispose();
  }

  /** Sessions of folders in whose repository a document is: for them it is context. */
  #aroundOf({ uri }: D): readonly FolderSession<U, D, F>[] {
    if (this.#editor.folderOf(uri) !== undefined) return [];
    return [...this.#byFolder.values()].filter((session) => session.reads(uri));
  }

  /** Whether a document may hold manifests or a configuration; the engine looks at what is in it. */
  #isLintable(document: D): boolean {
    const { uri } = document;
    if (!this.#editor.mayHoldManifests(document)) return false;
    if (this.#editor.settingsFor(uri).ignoredSchemes.includes(uri.scheme)) return false;
    return !uri.path.includes("/.dbops.") || isConfigFile(uri.path);
  }
}
