import type { SourceFile } from "@dbops/core";
import { type FileUri, nameOf } from "../files/file-system.ts";
import type { Change } from "../held-findings.ts";
import type { LintSession } from "../lint-session.ts";

/** A document as an editor holds it. */
export interface EditorDocument<U extends FileUri> {
  readonly uri: U;
  readonly languageId: string;
  /** Another one after each change. */
  readonly version: number;
  /** Whether it has changes that were not saved. */
  readonly isDirty: boolean;
  getText(): string;
}

/** Gives the text that a name stands for and its uri; undefined: it is no longer there. */
export type Find<U extends FileUri> = (name: string) => { readonly file: SourceFile; readonly uri: U } | undefined;

/** The texts of a session as its editor tells of them: files by uri, documents that are open, what is gone. */
export class HeldTexts<U extends FileUri, D extends EditorDocument<U>> {
  readonly #lint: LintSession;
  readonly #withdraw: (name: string) => void;
  readonly #documents = new Map<string, D>();
  readonly #uris = new Map<string, U>();
  readonly #gone = new Set<string>();

  /** @param withdraw takes back what stands at a file */
  constructor(lint: LintSession, withdraw: (name: string) => void) {
    this.#lint = lint;
    this.#withdraw = withdraw;
  }

  /** Documents by the core's name of their file. */
  get open(): ReadonlyMap<string, D> {
    return this.#documents;
  }

  /** Names of open documents whose file is there, or was never saved. */
  lintable(): readonly string[] {
    return [...this.#documents.keys()].filter((name) => !this.#gone.has(name));
  }

  uriOf(name: string): U | undefined {
    return this.#uris.get(name);
  }

  /** The text and place that a name of the core stands for. */
  readonly find: Find<U> = (name) => {
    const file = this.#lint.texts.get(name);
    const uri = this.#uris.get(name);
    return file === undefined || uri === undefined ? undefined : { file, uri };
  };

  opened(document: D): void {
    const name = this.#remember(document.uri);
    this.#documents.set(name, document);
    this.#gone.delete(name);
    this.#lint.texts.setOpen(name, document.getText());
  }

  changed(document: D, changes: readonly Change[]): void {
    const name = nameOf(document.uri);
    if (!this.#documents.has(name)) {
      this.opened(document);
      return;
    }
    this.#gone.delete(name);
    this.#lint.changed(name, document.getText(), changes);
  }

  /** The text of a document around the folder: context that another session shows. */
  heard(document: D): void {
    this.#lint.texts.setOpen(this.#remember(document.uri), document.getText());
  }

  /** @returns whether it was held */
  closed(document: D): boolean {
    const name = nameOf(document.uri);
    const isOurs = this.#documents.delete(name);
    if (!isOurs && !this.#lint.texts.isOpen(name)) return false;
    this.#lint.texts.setOpen(name, undefined);
    this.#lint.forget(name);
    this.#withdraw(name);
    return true;
  }

  onDisk(uri: U, text: string | undefined): void {
    const name = this.#remember(uri);
    this.#gone.delete(name);
    this.#lint.texts.setDisk(name, text);
  }

  /** Whether a file, or anything in a folder, is held. */
  holds(uri: U): boolean {
    const name = nameOf(uri);
    return this.#lint.texts.get(name) !== undefined || this.#lint.texts.below(name).length > 0;
  }

  /** A file, or a folder with all that is in it, is gone. */
  removed(uri: U): void {
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
  }

  #remember(uri: U): string {
    const name = nameOf(uri);
    this.#uris.set(name, uri);
    return name;
  }
}
