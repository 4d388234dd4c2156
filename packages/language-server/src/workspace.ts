import { mayHoldManifests } from "@dbops/core";
import {
  EditorSessions,
  type Find,
  type FolderSession,
  type Follower,
  isBelow,
  isManifestLanguage,
  type Log,
  nameOf,
  type OpenedFolder,
  type Publisher,
  type Settings,
} from "@dbops/session";
import { URI, Utils } from "vscode-uri";
import type { OpenDocument } from "./documents.ts";
import { diskFiles } from "./files.ts";
import { readSettings } from "./settings.ts";
import type { Spell } from "./to-protocol.ts";
import type { Watching } from "./watching.ts";

export type ServedSession = FolderSession<URI, OpenDocument>;

/** What a workspace is told to use. */
interface Around {
  readonly watching: Watching;
  readonly log: Log;
  publisher(find: Find<URI>): Publisher;
  /** After each run. */
  linted(): void;
}

/** What a client has open: folders, documents, settings, and their sessions. */
export class Workspace {
  readonly documents = new Map<string, OpenDocument>();
  readonly sessions: EditorSessions<URI, OpenDocument>;
  readonly #log: Log;
  #folders: readonly OpenedFolder<URI>[] = [];
  /** By the names of their folders; empty: for what is in none. */
  #settings: ReadonlyMap<string, Settings> = new Map();
  readonly #refused = new Set<string>();

  constructor({ watching, log, publisher, linted }: Around) {
    this.#log = log;
    this.sessions = new EditorSessions<URI, OpenDocument, Follower<URI>>({
      source: { files: diskFiles, watch: (root, events) => watching.follow(root, events) },
      log,
      folders: () => this.#folders,
      folderOf: (uri) => this.#folderOf(uri),
      documents: () => [...this.documents.values()],
      mayHoldManifests: isServed,
      settingsFor: (uri) => this.settingsFor(uri),
      publisher,
      follower: () => undefined,
      linted,
    });
  }

  get folders(): readonly OpenedFolder<URI>[] {
    return this.#folders;
  }

  open(uris: readonly string[]): void {
    const known = new Set(this.#folders.map(({ uri }) => nameOf(uri)));
    const added = uris.map(folderAt).filter(({ uri }) => !known.has(nameOf(uri)));
    this.#folders = [...this.#folders, ...added];
  }

  close(uris: readonly string[]): void {
    const gone = new Set(uris.map((uri) => nameOf(folderAt(uri).uri)));
    this.#folders = this.#folders.filter(({ uri }) => !gone.has(nameOf(uri)));
  }

  /** @param given what the client has for each folder, then what it has for everything else */
  configure(given: readonly unknown[]): void {
    const refused = (name: string): void => {
      if (this.#refused.has(name)) return;
      this.#refused.add(name);
      this.#log.warn(`dbops.${name} is not what it can be; its default applies`);
    };
    const names = [...this.#folders.map(({ uri }) => nameOf(uri)), ""];
    this.#settings = new Map(names.map((name, index) => [name, readSettings(given[index], refused)]));
  }

  settingsFor(uri: URI): Settings {
    const name = nameOf(this.#folderOf(uri)?.uri ?? uri);
    return this.#settings.get(name) ?? this.#settings.get("") ?? readSettings(undefined, () => {});
  }

  /** As the client spells it where it has the file open: another spelling is another document for it. */
  readonly spell: Spell = (uri) => this.#openAs(uri)?.id ?? uri.toString();

  isOpen(uri: URI): boolean {
    return this.#openAs(uri) !== undefined;
  }

  #openAs(uri: URI): OpenDocument | undefined {
    return this.documents.get(nameOf(uri));
  }

  /** The nearest one. */
  #folderOf(uri: URI): OpenedFolder<URI> | undefined {
    const around = this.#folders.filter(
      (folder) =>
        folder.uri.scheme === uri.scheme && folder.uri.authority === uri.authority && isBelow(uri, folder.uri),
    );
    return around.sort((a, b) => b.uri.path.length - a.uri.path.length)[0];
  }
}

function folderAt(id: string): OpenedFolder<URI> {
  const uri = URI.parse(id.replace(/\/$/, ""));
  return { uri, name: Utils.basename(uri) };
}

/** Whether a document is a file or never was saved, in a language of manifests. Clients give YAML many names; its file's name helps. */
function isServed({ uri, languageId }: OpenDocument): boolean {
  if (uri.scheme !== "file" && uri.scheme !== "untitled") return false;
  return isManifestLanguage(languageId) || mayHoldManifests(uri.path);
}
