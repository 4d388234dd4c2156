import { definitionAt, type LintResult, objectsIn, referencesAt, renameAt, renameEdits } from "@dbops/core";
import { nameOf, objectsMatching, symbolOf } from "@dbops/session";
import * as vscode from "vscode";
import type { Session } from "./session.ts";
import type { Sessions } from "./sessions.ts";
import { locationOf, toRange, toWorkspaceEdit } from "./to-vscode.ts";

/** Jumps along the stack: a host to its Service and database, a reference to its object, an object to all that names it. */
export class Navigation
  implements
    vscode.DefinitionProvider,
    vscode.ReferenceProvider,
    vscode.RenameProvider,
    vscode.DocumentSymbolProvider,
    vscode.WorkspaceSymbolProvider
{
  readonly #sessions: Sessions;

  constructor(sessions: Sessions) {
    this.#sessions = sessions;
  }

  /** The session of a document with what it understands of the text as it is now. */
  async #understood(
    document: vscode.TextDocument,
  ): Promise<{ readonly session: Session; readonly found: LintResult } | undefined> {
    const session = this.#sessions.of(document);
    const found = session && (await session.linted(document));
    return session === undefined || found === undefined ? undefined : { session, found };
  }

  async provideDefinition(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.DefinitionLink[] | undefined> {
    const { session, found } = (await this.#understood(document)) ?? {};
    if (session === undefined || found === undefined) return undefined;
    const definition = definitionAt(found, nameOf(document.uri), document.offsetAt(position));
    return definition?.targets.flatMap((spot) => {
      const target = locationOf(spot, found, session);
      if (target === undefined) return [];
      return [
        {
          originSelectionRange: new vscode.Range(
            document.positionAt(definition.origin.start),
            document.positionAt(definition.origin.end),
          ),
          targetUri: target.uri,
          targetRange: target.range,
        },
      ];
    });
  }

  async provideReferences(
    document: vscode.TextDocument,
    position: vscode.Position,
    { includeDeclaration }: vscode.ReferenceContext,
  ): Promise<vscode.Location[]> {
    const { session, found } = (await this.#understood(document)) ?? {};
    if (session === undefined || found === undefined) return [];
    const spots = referencesAt(found, nameOf(document.uri), document.offsetAt(position));
    return spots.slice(includeDeclaration ? 0 : 1).flatMap((spot) => locationOf(spot, found, session) ?? []);
  }

  async prepareRename(document: vscode.TextDocument, position: vscode.Position) {
    const { found } = (await this.#understood(document)) ?? {};
    const rename = found && renameAt(found, nameOf(document.uri), document.offsetAt(position));
    if (rename === undefined) throw new Error(vscode.l10n.t("This is not the name of an object"));
    if ("refused" in rename) throw new Error(rename.refused);
    const { start, end } = rename.span;
    return {
      range: new vscode.Range(document.positionAt(start), document.positionAt(end)),
      placeholder: rename.name,
    };
  }

  async provideRenameEdits(
    document: vscode.TextDocument,
    position: vscode.Position,
    name: string,
  ): Promise<vscode.WorkspaceEdit | undefined> {
    const { session, found } = (await this.#understood(document)) ?? {};
    if (session === undefined || found === undefined) return undefined;
    const edits = renameEdits(found, nameOf(document.uri), document.offsetAt(position), name);
    if ("refused" in edits) throw new Error(edits.refused);
    return toWorkspaceEdit(edits, session.find);
  }

  async provideDocumentSymbols(document: vscode.TextDocument): Promise<vscode.DocumentSymbol[]> {
    // In the text that was understood, which may be that of a moment ago.
    const found = await this.#sessions.of(document)?.settled(document);
    const file = found?.files.get(nameOf(document.uri));
    if (found === undefined || file === undefined) return [];
    return objectsIn(found, nameOf(document.uri)).map((object) => {
      const { label, whole, span } = object;
      return new vscode.DocumentSymbol(
        label,
        "",
        symbolKinds[symbolOf(object)],
        toRange(whole, file),
        toRange(span, file),
      );
    });
  }

  provideWorkspaceSymbols(query: string): vscode.SymbolInformation[] {
    return this.#sessions.all().flatMap((session) => {
      const { result } = session;
      if (result === undefined) return [];
      return objectsMatching(result, query).flatMap((object) => {
        const location = locationOf(object, result, session);
        const kind = symbolKinds[symbolOf(object)];
        return location === undefined ? [] : [new vscode.SymbolInformation(object.label, kind, "dbops", location)];
      });
    });
  }
}

const symbolKinds: Readonly<Record<ReturnType<typeof symbolOf>, vscode.SymbolKind>> = {
  key: vscode.SymbolKind.Key,
  interface: vscode.SymbolKind.Interface,
  object: vscode.SymbolKind.Object,
};
