import { basename } from "node:path/posix";
import { type Disposable, type FileEvents, isBelow } from "@dbops/session";
import {
  type Connection,
  DidChangeWatchedFilesNotification,
  FileChangeType,
  type FileEvent,
  WatchKind,
} from "vscode-languageserver/node";
import { URI } from "vscode-uri";
import type { Client } from "./client.ts";

const manifests = "**/{*.yaml,*.yml,*.json,Kustomization,.gitignore}";

/** Hands what a client tells of files to those who follow the folder that they are in. */
export class Watching {
  readonly #connection: Connection;
  readonly #client: Client;
  readonly #following = new Set<{ readonly root: URI; readonly events: FileEvents<URI> }>();

  constructor(connection: Connection, client: Client) {
    this.#connection = connection;
    this.#client = client;
  }

  follow(root: URI, events: FileEvents<URI>): Disposable {
    const follower = { root, events };
    this.#following.add(follower);
    const registered = this.#client.watches ? this.#register(root) : undefined;
    return {
      dispose: () => {
        this.#following.delete(follower);
        registered?.then((each) => each?.dispose());
      },
    };
  }

  tell(changes: readonly FileEvent[]): void {
    for (const { uri: id, type } of changes) {
      const uri = URI.parse(id);
      for (const { root, events } of this.#following) {
        if (!isBelow(uri, root)) continue;
        if (basename(uri.path) === ".gitignore") events.ignoring();
        else if (type === FileChangeType.Deleted) events.deleted(uri);
        else events.written(uri);
        // A folder that is moved does not always say what is in it.
        if (type === FileChangeType.Created) events.created(uri);
      }
    }
  }

  /** A client that cannot watch below a folder of ours watches in those that it opened. */
  async #register(root: URI): Promise<Disposable | undefined> {
    const globPattern = (pattern: string) =>
      this.#client.watchesAnywhere ? { baseUri: root.toString(), pattern } : pattern;
    try {
      return await this.#connection.client.register(DidChangeWatchedFilesNotification.type, {
        watchers: [
          { globPattern: globPattern(manifests) },
          { globPattern: globPattern("**"), kind: WatchKind.Create | WatchKind.Delete },
        ],
      });
    } catch {
      return undefined; // it said that it could; what is saved and opened is read all the same
    }
  }
}
