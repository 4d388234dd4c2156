import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Connection, MessageType, ShowMessageNotification } from "vscode-languageserver/node";
import { URI } from "vscode-uri";
import type { Client } from "./client.ts";

/** Shows texts that nobody saves: pages of rules, and procedures. A client that cannot open a file gets them as a message. */
export class Pages {
  readonly #connection: Connection;
  readonly #client: Client;
  #folder: string | undefined;

  constructor(connection: Connection, client: Client) {
    this.#connection = connection;
    this.#client = client;
  }

  async show(title: string, text: string): Promise<void> {
    if (!this.#client.showsDocuments) {
      // Not as a question with answers to choose from, which not every client knows.
      await this.#connection.sendNotification(ShowMessageNotification.type, { type: MessageType.Info, message: text });
      return;
    }
    const name = `${title.replace(/[^\w.-]+/g, "-").slice(0, 80)}.md`;
    const file = path.join(this.#ownFolder(), name);
    writeFileSync(file, text);
    await this.#connection.window.showDocument({ uri: URI.file(file).toString(), takeFocus: true });
  }

  /** Until the process ends. */
  #ownFolder(): string {
    if (this.#folder !== undefined) return this.#folder;
    const folder = mkdtempSync(path.join(tmpdir(), "dbops-"));
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    this.#folder = folder;
    return folder;
  }
}
