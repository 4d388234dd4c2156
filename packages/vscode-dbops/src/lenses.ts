import { lensesIn } from "@dbops/core";
import * as vscode from "vscode";
import type { Sessions } from "./sessions.ts";
import { settingsFor } from "./settings.ts";
import { nameOf, toRange } from "./to-vscode.ts";

/** Sums of a folder follow typing at a distance. */
const pause = 1000;

/** What others make of a database or pooler, above its name: connections, who reaches it, backups. */
export class Lenses implements vscode.CodeLensProvider {
  readonly #sessions: Sessions;
  readonly #changed = new vscode.EventEmitter<void>();
  /** Some time after a run: a pooler in another file changes the sum. */
  readonly onDidChangeCodeLenses = this.#changed.event;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(sessions: Sessions) {
    this.#sessions = sessions;
    sessions.onDidLint(() => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#changed.fire(), pause);
    });
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const session = this.#sessions.of(document);
    const file = session?.find(nameOf(document.uri))?.file;
    // Without a run of its own: the next one asks again.
    if (session?.result === undefined || file === undefined || !settingsFor(document.uri).showsLenses) return [];
    return lensesIn(session.result, nameOf(document.uri)).map(({ span, text, places }) => {
      const range = toRange(span, file);
      const locations = places.flatMap((place) => {
        const found = session.find(place.uri);
        return found === undefined ? [] : [new vscode.Location(found.uri, toRange(place.span, found.file))];
      });
      return new vscode.CodeLens(range, {
        title: text,
        command: locations.length === 0 ? "" : "editor.action.showReferences",
        arguments: [document.uri, range.start, locations],
      });
    });
  }
}
