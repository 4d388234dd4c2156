import { type Lens, type LintResult, lensesIn } from "@dbops/core";
import { nameOf } from "@dbops/session";
import * as vscode from "vscode";
import type { Sessions } from "./sessions.ts";
import { settingsFor } from "./settings.ts";
import { locationOf, toRange } from "./to-vscode.ts";

/** What others make of a database or pooler, above its name: connections, who reaches it, backups. */
export class Lenses implements vscode.CodeLensProvider {
  readonly #sessions: Sessions;
  /** A pooler in another file changes the sum. */
  readonly onDidChangeCodeLenses: vscode.Event<void>;
  /** Of the last run of each session: scrolling asks again. */
  readonly #known = new WeakMap<LintResult, Map<string, readonly Lens[]>>();

  constructor(sessions: Sessions) {
    this.#sessions = sessions;
    this.onDidChangeCodeLenses = sessions.onDidRest;
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const session = this.#sessions.of(document);
    if (session === undefined || !settingsFor(document.uri).showsLenses) return [];
    // Places count in the texts of the run that found them.
    const result = await session.settled(document);
    const file = result?.files.get(nameOf(document.uri));
    if (result === undefined || file === undefined) return [];
    return this.#lensesOf(result, file.uri).map(({ span, text, places }) => {
      const range = toRange(span, file);
      const locations = places.flatMap((place) => locationOf(place, result, session) ?? []);
      return new vscode.CodeLens(range, {
        title: text,
        command: locations.length === 0 ? "" : "editor.action.showReferences",
        arguments: [document.uri, range.start, locations],
      });
    });
  }

  #lensesOf(result: LintResult, uri: string): readonly Lens[] {
    const known = this.#known.get(result) ?? new Map<string, readonly Lens[]>();
    this.#known.set(result, known);
    const lenses = known.get(uri) ?? lensesIn(result, uri);
    known.set(uri, lenses);
    return lenses;
  }
}
