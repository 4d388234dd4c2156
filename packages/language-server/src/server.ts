import {
  allRules,
  builtInRules,
  definitionAt,
  type LintResult,
  lensesIn,
  objectsIn,
  referencesAt,
  renameAt,
  renameEdits,
} from "@dbops/core";
import { fixAllEdits, hoverIn, inlayHintsIn, type Log, nameOf, objectsMatching, symbolOf } from "@dbops/session";
import {
  type Connection,
  createConnection,
  type DefinitionLink,
  DidChangeConfigurationNotification,
  DocumentDiagnosticReportKind,
  type DocumentSymbol,
  type InitializeParams,
  type InitializeResult,
  type Location,
  LSPErrorCodes,
  MarkupKind,
  type Position,
  ResponseError,
  type SymbolInformation,
  SymbolKind,
  TextDocumentSyncKind,
  type WorkspaceEdit,
} from "vscode-languageserver/node";
import { URI } from "vscode-uri";
import { codeActions, commands, fixAllKind } from "./actions.ts";
import { type Client, clientOf } from "./client.ts";
import { completionsIn, type ServedSnippet } from "./completion.ts";
import { OpenDocument } from "./documents.ts";
import { Pages } from "./pages.ts";
import { Published, type ShownDiagnostics } from "./published.ts";
import { type Conversion, type FileEdits, toFileEdits, toLocation, toRange } from "./to-protocol.ts";
import { Watching } from "./watching.ts";
import { type ServedSession, Workspace } from "./workspace.ts";

/** What a server is given by the program that starts it. */
export interface ServerOptions {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly version: string;
  /** Where a rule is described on the web; undefined: nowhere. */
  pageOf(ruleId: string): string | undefined;
  /** Why a rule exists and what to do, as text. */
  explain(ruleId: string): string;
  snippets(): readonly ServedSnippet[];
}

/** Milliseconds after the last key until what is broken in its line is said: the protocol does not tell where the cursor is. */
const untilLineIsLeft = 5000;
/** Milliseconds after a run until lenses and hints are asked for again: sums of a folder follow typing at a distance. */
const untilRest = 1000;
/** Milliseconds for which a folder that nobody watches is not read again. */
const shortestReading = 2000;

/** Answers a client of the Language Server Protocol until it goes; the process ends with it. */
export function serve(options: ServerOptions): void {
  const connection = createConnection(options.input, options.output);
  connection.onInitialize((params) => {
    const server = new Server(connection, params, options);
    server.listen();
    return server.answer;
  });
  connection.listen();
}

class Server {
  readonly #connection: Connection;
  readonly #options: ServerOptions;
  readonly #client: Client;
  readonly #log: Log;
  readonly #workspace: Workspace;
  readonly #watching: Watching;
  readonly #pages: Pages;
  readonly #shown = new Map<string, ShownDiagnostics>();
  /** What the client gave at its start, for those that answer no questions about settings. */
  #given: unknown;
  /** Nothing is linted before the settings are known. */
  #isStarted = false;
  #start: () => void = () => {};
  readonly #started = new Promise<void>((done) => {
    this.#start = done;
  });
  #leaving: NodeJS.Timeout | undefined;
  #resting: NodeJS.Timeout | undefined;
  #refreshing: NodeJS.Timeout | undefined;
  #lastReading = 0;

  constructor(connection: Connection, params: InitializeParams, options: ServerOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#client = clientOf(params);
    this.#given = params.initializationOptions;
    this.#watching = new Watching(connection, this.#client);
    this.#pages = new Pages(connection, this.#client);
    const { console } = connection;
    this.#log = {
      debug: (line) => console.debug(line),
      info: (line) => console.info(line),
      warn: (line) => console.warn(line),
      error: (line) => console.error(line),
    };
    this.#workspace = new Workspace({
      watching: this.#watching,
      log: this.#log,
      publisher: (find) =>
        new Published(this.#conversionFor({ find }), this.#shown, (name, uri, items) => {
          // Open documents are asked about where the client asks at all.
          if (this.#client.pullsDiagnostics && this.#workspace.isOpen(uri)) this.#refreshDiagnostics();
          else {
            const version = this.#workspace.documents.get(name)?.version;
            void connection.sendDiagnostics({
              uri: this.#workspace.spell(uri),
              diagnostics: [...items],
              ...(version === undefined ? {} : { version }),
            });
          }
        }),
      linted: () => this.#linted(),
    });
    this.#workspace.open(foldersOf(params));
    this.#workspace.configure([]);
  }

  /** What the server can do, for this client. */
  get answer(): InitializeResult {
    return {
      serverInfo: { name: "dbops", version: this.#options.version },
      capabilities: {
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: { includeText: false } },
        codeActionProvider: { codeActionKinds: ["quickfix", fixAllKind] },
        executeCommandProvider: { commands: Object.values(commands) },
        hoverProvider: true,
        definitionProvider: true,
        referencesProvider: true,
        renameProvider: { prepareProvider: true },
        documentSymbolProvider: true,
        workspaceSymbolProvider: true,
        codeLensProvider: { resolveProvider: false },
        inlayHintProvider: true,
        completionProvider: { triggerCharacters: ["-", "#", " "] },
        // Who is told of findings and asks for them too would show each twice.
        ...(this.#client.pullsDiagnostics
          ? { diagnosticProvider: { identifier: "dbops", interFileDependencies: true, workspaceDiagnostics: false } }
          : {}),
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      },
    };
  }

  /** Hears what the client says, and answers it. */
  listen(): void {
    const connection = this.#connection;
    const { documents, sessions } = this.#workspace;
    connection.onInitialized(() => this.#begin());
    connection.onShutdown(() => {
      for (const timer of [this.#leaving, this.#resting, this.#refreshing]) clearTimeout(timer);
      sessions.dispose();
    });

    connection.onDidOpenTextDocument(({ textDocument: { uri, languageId, version, text } }) => {
      const document = new OpenDocument(uri, languageId, version, text);
      // What was pushed at a closed file is asked for from now on.
      const pushed = this.#client.pullsDiagnostics ? this.#shown.get(nameOf(document.uri)) : undefined;
      if (pushed !== undefined) void this.#connection.sendDiagnostics({ uri: pushed.uri.toString(), diagnostics: [] });
      documents.set(nameOf(document.uri), document);
      if (!this.#isStarted) return;
      sessions.open(document);
      this.#readAgain(document);
    });
    connection.onDidChangeTextDocument(({ textDocument: { uri, version }, contentChanges }) => {
      const document = this.#documentAt(uri);
      if (document === undefined) return;
      const changes = document.change(contentChanges, version);
      if (!this.#isStarted) return;
      sessions.change(document, changes);
      clearTimeout(this.#leaving);
      this.#leaving = setTimeout(() => sessions.moveTo(), untilLineIsLeft);
    });
    connection.onDidSaveTextDocument(({ textDocument: { uri } }) => {
      const document = this.#documentAt(uri);
      if (document === undefined) return;
      document.isDirty = false;
      sessions.save(document);
      this.#readAgain(document);
    });
    connection.onDidCloseTextDocument(({ textDocument: { uri } }) => {
      const document = this.#documentAt(uri);
      if (document === undefined) return;
      sessions.close(document); // which takes back what is shown, under the name that the client gave
      documents.delete(nameOf(document.uri));
    });
    connection.onDidChangeWatchedFiles(({ changes }) => this.#watching.tell(changes));
    connection.onDidChangeConfiguration(async ({ settings }) => {
      this.#given = (settings as { readonly dbops?: unknown } | null | undefined)?.dbops ?? settings;
      await this.#configure();
      sessions.settingsChanged();
    });
    if (this.#client.tellsOfFolders)
      connection.workspace.onDidChangeWorkspaceFolders(async ({ added, removed }) => {
        this.#workspace.close(removed.map(({ uri }) => uri));
        this.#workspace.open(added.map(({ uri }) => uri));
        await this.#configure();
        sessions.restart();
      });
    this.#answerAboutFindings(connection);
    this.#answerAboutObjects(connection);
  }

  #answerAboutFindings(connection: Connection): void {
    connection.languages.diagnostics.on(async ({ textDocument: { uri }, previousResultId }) => {
      const { document, session } = await this.#servedAt(uri);
      if (document !== undefined) await session?.settled(document);
      const { items = [], id } = (document && this.#shown.get(nameOf(document.uri))) ?? {};
      if (id !== undefined && id === previousResultId)
        return { kind: DocumentDiagnosticReportKind.Unchanged, resultId: id };
      return {
        kind: DocumentDiagnosticReportKind.Full,
        items: [...items],
        ...(id === undefined ? {} : { resultId: id }),
      };
    });
    connection.onCodeAction(async (params) => {
      const { document, session } = await this.#servedAt(params.textDocument.uri, params.range.start);
      if (document === undefined || session === undefined) return [];
      const toEdit = (edits: readonly FileEdits[]): WorkspaceEdit => this.#toWorkspaceEdit(edits);
      return codeActions(session, document, params, this.#workspace, { ...this.#conversionFor(session), toEdit });
    });
    connection.onExecuteCommand(({ command, arguments: words = [] }) => this.#execute(command, words));
    connection.onHover(async ({ textDocument, position }) => {
      const { document, session } = await this.#servedAt(textDocument.uri, position);
      const found = document && session?.find(nameOf(document.uri));
      if (document === undefined || session === undefined || found === undefined) return null;
      const more = (ruleId: string): string => {
        const page = this.#options.pageOf(ruleId);
        return page === undefined ? "" : `[More](${page})`;
      };
      const hover = hoverIn(session, document, offsetAt(found.file, position), more);
      if (hover === undefined) return null;
      const kind = this.#client.readsMarkdown ? MarkupKind.Markdown : MarkupKind.PlainText;
      return { contents: { kind, value: hover.parts.join("\n\n---\n\n") }, range: toRange(hover.span, found.file) };
    });
    connection.onCompletion(async ({ textDocument: { uri }, position }) => {
      const { document, session } = await this.#servedAt(uri);
      if (document === undefined || session === undefined) return [];
      return completionsIn(session, document, position, this.#options.snippets, this.#client.expandsSnippets);
    });
  }

  #answerAboutObjects(connection: Connection): void {
    connection.onDefinition(async ({ textDocument, position }): Promise<DefinitionLink[] | Location[] | null> => {
      const place = await this.#understoodAt(textDocument.uri, position);
      const definition = place && definitionAt(place.result, place.name, place.offset);
      if (place === undefined || definition === undefined) return null;
      const targets = definition.targets.flatMap((spot) => this.#toLocation(spot, place) ?? []);
      if (!this.#client.followsLinks) return targets;
      return targets.map(({ uri, range }) => ({
        originSelectionRange: toRange(definition.origin, place.file),
        targetUri: uri,
        targetRange: range,
        targetSelectionRange: range,
      }));
    });
    connection.onReferences(async ({ textDocument, position, context: { includeDeclaration } }) => {
      const place = await this.#understoodAt(textDocument.uri, position);
      if (place === undefined) return null;
      const spots = referencesAt(place.result, place.name, place.offset);
      return spots.slice(includeDeclaration ? 0 : 1).flatMap((spot) => this.#toLocation(spot, place) ?? []);
    });
    connection.onPrepareRename(async ({ textDocument, position }) => {
      const place = await this.#understoodAt(textDocument.uri, position);
      const rename = place && renameAt(place.result, place.name, place.offset);
      if (place === undefined || rename === undefined) return null;
      if ("refused" in rename) throw refusal(rename.refused);
      return { range: toRange(rename.span, place.file), placeholder: rename.name };
    });
    connection.onRenameRequest(async ({ textDocument, position, newName }) => {
      const place = await this.#understoodAt(textDocument.uri, position);
      if (place === undefined) return null;
      const edits = renameEdits(place.result, place.name, place.offset, newName);
      if ("refused" in edits) throw refusal(edits.refused);
      const files = toFileEdits(edits, place.session.find);
      return files === undefined || files.length === 0 ? null : this.#toWorkspaceEdit(files);
    });
    connection.onDocumentSymbol(async ({ textDocument: { uri } }): Promise<DocumentSymbol[] | SymbolInformation[]> => {
      const { document, session } = await this.#servedAt(uri);
      const result = document && (await session?.settled(document));
      const file = document && result?.files.get(nameOf(document.uri));
      if (result === undefined || file === undefined) return [];
      const symbols = objectsIn(result, file.uri).map((object) => ({
        name: object.label,
        kind: symbolKinds[symbolOf(object)],
        range: toRange(object.whole, file),
        selectionRange: toRange(object.span, file),
      }));
      if (this.#client.nestsSymbols) return symbols;
      return symbols.map(({ name, kind, range }) => ({ name, kind, location: { uri, range } }));
    });
    connection.onWorkspaceSymbol(({ query }) =>
      this.#workspace.sessions.all().flatMap(({ result, find }) =>
        result === undefined
          ? []
          : objectsMatching(result, query).flatMap((object) => {
              const location = toLocation(object, result, find, this.#workspace.spell);
              return location === undefined
                ? []
                : [{ name: object.label, kind: symbolKinds[symbolOf(object)], location }];
            }),
      ),
    );
    connection.onCodeLens(async ({ textDocument: { uri } }) => {
      const { document, session } = await this.#servedAt(uri);
      if (document === undefined || session === undefined) return [];
      if (!this.#workspace.settingsFor(document.uri).showsLenses) return [];
      const result = await session.settled(document);
      const file = result?.files.get(nameOf(document.uri));
      if (result === undefined || file === undefined) return [];
      return lensesIn(result, file.uri).map(({ span, text }) => ({
        range: toRange(span, file),
        command: { title: text, command: "" },
      }));
    });
    connection.languages.inlayHint.on(async ({ textDocument: { uri }, range }) => {
      const { document, session } = await this.#servedAt(uri);
      if (document === undefined || session === undefined) return [];
      if (!this.#workspace.settingsFor(document.uri).showsInlayHints) return [];
      const hints = await inlayHintsIn(session, document, { start: atPlace(range.start), end: atPlace(range.end) });
      const kind = this.#client.readsMarkdown ? MarkupKind.Markdown : MarkupKind.PlainText;
      return hints.map(({ position: { line, column }, text, tooltip }) => ({
        position: { line, character: column },
        label: text,
        tooltip: { kind, value: tooltip },
        paddingLeft: true,
      }));
    });
  }

  async #begin(): Promise<void> {
    if (this.#client.hasConfiguration)
      // Who does not know the request is asked once, and not told of later changes.
      this.#connection.client.register(DidChangeConfigurationNotification.type, { section: "dbops" }).catch(() => {});
    await this.#configure();
    const rules = allRules.length + builtInRules.length;
    this.#log.info(`dbops ${this.#options.version} with ${rules} rules for ${this.#client.name}`);
    this.#isStarted = true;
    this.#workspace.sessions.restart();
    this.#start();
  }

  async #configure(): Promise<void> {
    const { folders } = this.#workspace;
    const fallback = [...folders.map(() => this.#given), this.#given];
    if (!this.#client.hasConfiguration) return this.#workspace.configure(fallback);
    try {
      const items = [
        ...folders.map(({ uri }) => ({ scopeUri: uri.toString(), section: "dbops" })),
        { section: "dbops" },
      ];
      const found: readonly unknown[] = await this.#connection.workspace.getConfiguration(items);
      this.#workspace.configure(fallback.map((given, index) => found[index] ?? given));
    } catch {
      this.#workspace.configure(fallback);
    }
  }

  #documentAt(uri: string): OpenDocument | undefined {
    return this.#workspace.documents.get(nameOf(URI.parse(uri)));
  }

  /** A document and its session, where it has one. A request about a place says that its user is there. */
  async #servedAt(
    uri: string,
    position?: Position,
  ): Promise<{ readonly document?: OpenDocument; readonly session?: ServedSession }> {
    await this.#started;
    const document = this.#documentAt(uri);
    if (document === undefined) return {};
    if (position !== undefined) this.#workspace.sessions.moveTo(document.uri, position.line);
    const session = this.#workspace.sessions.of(document);
    return session === undefined ? { document } : { document, session };
  }

  /** What is understood of the text as it is now, at a place in it. */
  async #understoodAt(uri: string, position: Position) {
    const { document, session } = await this.#servedAt(uri, position);
    const result = document && (await session?.linted(document));
    const file = document && result?.files.get(nameOf(document.uri));
    if (session === undefined || result === undefined || file === undefined) return undefined;
    return { session, result, file, name: file.uri, offset: offsetAt(file, position) };
  }

  #toLocation(
    spot: Parameters<typeof toLocation>[0],
    { result, session }: { readonly result: LintResult; readonly session: ServedSession },
  ): Location | undefined {
    return toLocation(spot, result, session.find, this.#workspace.spell);
  }

  #conversionFor({ find }: Pick<Conversion, "find">): Conversion {
    return { find, spell: (uri) => this.#workspace.spell(uri), client: this.#client, pageOf: this.#options.pageOf };
  }

  #toWorkspaceEdit(files: readonly FileEdits[]): WorkspaceEdit {
    const { spell, documents } = this.#workspace;
    if (!this.#client.versionsEdits)
      return { changes: Object.fromEntries(files.map(({ uri, edits }) => [spell(uri), edits])) };
    return {
      documentChanges: files.map(({ uri, edits }) => ({
        textDocument: { uri: spell(uri), version: documents.get(nameOf(uri))?.version ?? null },
        edits,
      })),
    };
  }

  /** What actions ask for. Words come from a client and may be anything. */
  async #execute(command: string, words: readonly unknown[]): Promise<void> {
    const [first, second, third] = words;
    switch (command) {
      case commands.fixAll: {
        const { document, session } = await this.#servedAt(String(first));
        if (document === undefined || session === undefined) return;
        const which = Array.isArray(second) ? { ruleIds: new Set(second.map(String)) } : {};
        const edits = toFileEdits(fixAllEdits(session, document, which), session.find) ?? [];
        if (edits.length > 0) await this.#connection.workspace.applyEdit(this.#toWorkspaceEdit(edits));
        return;
      }
      case commands.showRule:
        return this.#pages.show(String(first), this.#options.explain(String(first)));
      case commands.showProcedure:
        return this.#pages.show(String(first), String(second));
      case commands.writeReason: {
        const place = { line: Number(second), character: Number(third) };
        const selection = { start: place, end: place };
        await this.#connection.window.showDocument({ uri: String(first), takeFocus: true, selection });
        return;
      }
      default:
        throw new ResponseError(LSPErrorCodes.RequestFailed, `there is no command ${command}`);
    }
  }

  /** Nobody tells of what changes on disk: it is looked at when something is opened or saved. */
  #readAgain(document: OpenDocument): void {
    if (this.#client.watches || performance.now() - this.#lastReading < shortestReading) return;
    this.#lastReading = performance.now();
    void this.#workspace.sessions.of(document)?.readAgain();
  }

  #linted(): void {
    const workspace = this.#workspace;
    const showsHints = workspace.folders.some(({ uri }) => workspace.settingsFor(uri).showsInlayHints);
    const refreshed = [
      ...(this.#client.refreshesLenses ? ["workspace/codeLens/refresh"] : []),
      ...(this.#client.refreshesHints && showsHints ? ["workspace/inlayHint/refresh"] : []),
    ];
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => {
      for (const method of refreshed) this.#connection.sendRequest(method).catch(() => {}); // the client went meanwhile
    }, untilRest);
  }

  #refreshDiagnostics(): void {
    clearTimeout(this.#refreshing);
    this.#refreshing = setTimeout(() => {
      this.#connection.sendRequest("workspace/diagnostic/refresh").catch(() => {}); // likewise
    }, 0);
  }
}

const symbolKinds: Readonly<Record<ReturnType<typeof symbolOf>, SymbolKind>> = {
  key: SymbolKind.Key,
  interface: SymbolKind.Interface,
  object: SymbolKind.Object,
};

function offsetAt(file: { offsetAt(position: { line: number; column: number }): number }, at: Position): number {
  return file.offsetAt(atPlace(at));
}

function atPlace({ line, character }: Position): { line: number; column: number } {
  return { line, column: character };
}

/** Why something is not done, as the client shows it. */
function refusal(why: string): ResponseError<void> {
  return new ResponseError(LSPErrorCodes.RequestFailed, why);
}

/** The folders that a client has open at its start. Older ones name one, as a uri or as a path. */
function foldersOf({ workspaceFolders, rootUri, rootPath }: InitializeParams): readonly string[] {
  if (workspaceFolders !== undefined && workspaceFolders !== null) return workspaceFolders.map(({ uri }) => uri);
  if (rootUri !== null && rootUri !== undefined) return [rootUri];
  return rootPath === null || rootPath === undefined ? [] : [URI.file(rootPath).toString()];
}
