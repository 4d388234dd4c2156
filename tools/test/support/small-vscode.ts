import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

/** A diagnostic as it reaches VS Code: rule, severity, range and words. */
export type Marker = readonly [rule: string, severity: number, range: readonly number[], message: string];

class Uri {
  readonly scheme = "file";
  readonly path: string;

  constructor(name: string) {
    this.path = name;
  }

  toString(): string {
    return `file://${this.path}`;
  }
}

class Diagnostic {
  code: { readonly value: string } | undefined;
  readonly range: readonly number[];
  readonly message: string;
  readonly severity: number;

  constructor(range: Range, message: string, severity: number) {
    this.range = range.numbers;
    this.message = message;
    this.severity = severity;
  }
}

class Range {
  readonly numbers: readonly number[];

  constructor(...numbers: readonly number[]) {
    this.numbers = numbers;
  }
}

class Given {
  readonly words: readonly unknown[];

  constructor(...words: readonly unknown[]) {
    this.words = words;
  }
}

class EventEmitter {
  event = (): Given => new Given();
  fire(): void {}
}

const nothing = (): Given => new Given();

/**
 * Loads a built extension, by its own files alone, over as much of VS Code as linting documents that belong to no folder asks for.
 * Opens these texts and gives what then stands at each. `web`: there is no Node around it.
 */
export async function openedIn(
  entry: string,
  kind: "desktop" | "web",
  texts: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, readonly Marker[]>> {
  const shown = new Map<string, readonly Diagnostic[]>();
  const failures: unknown[] = [];
  let runs = 0;
  const documents = [...texts].map(([name, text]) => ({
    uri: new Uri(name),
    languageId: "yaml",
    version: 1,
    isDirty: false,
    getText: () => text,
  }));
  const log = {
    error: (error: unknown) => failures.push(error),
    warn: () => runs++,
    debug: () => runs++,
    info: () => {},
  };
  const vscode = {
    EventEmitter,
    Diagnostic,
    Range,
    DiagnosticRelatedInformation: Given,
    Location: Given,
    CodeAction: Given,
    DiagnosticSeverity: { Error: 0, Warning: 1, Information: 2 },
    DiagnosticTag: { Unnecessary: 1, Deprecated: 2 },
    LanguageStatusSeverity: { Information: 0, Warning: 1, Error: 2 },
    CodeActionKind: { QuickFix: { append: nothing }, SourceFixAll: { append: nothing }, Source: { append: nothing } },
    CompletionItemKind: {},
    SymbolKind: {},
    Uri: { parse: (text: string) => new Uri(text), from: nothing, joinPath: nothing },
    l10n: { t: (text: string) => text },
    workspace: {
      textDocuments: documents,
      workspaceFolders: undefined,
      getWorkspaceFolder: () => undefined,
      getConfiguration: () => ({ get: (_: string, otherwise: unknown) => otherwise }),
      asRelativePath: String,
      registerTextDocumentContentProvider: nothing,
      onDidOpenTextDocument: nothing,
      onDidChangeTextDocument: nothing,
      onDidSaveTextDocument: nothing,
      onDidCloseTextDocument: nothing,
      onDidChangeWorkspaceFolders: nothing,
      onDidChangeConfiguration: nothing,
    },
    window: {
      createOutputChannel: () => log,
      createTreeView: nothing,
      onDidChangeTextEditorSelection: nothing,
      onDidChangeActiveTextEditor: nothing,
    },
    languages: {
      createDiagnosticCollection: () => ({
        get: () => undefined,
        set: ({ path: name }: Uri, all: readonly Diagnostic[]) => shown.set(name, all),
        delete: ({ path: name }: Uri) => shown.delete(name),
      }),
      createLanguageStatusItem: () => ({}),
      registerCodeActionsProvider: nothing,
      registerHoverProvider: nothing,
      registerDefinitionProvider: nothing,
      registerReferenceProvider: nothing,
      registerRenameProvider: nothing,
      registerDocumentSymbolProvider: nothing,
      registerWorkspaceSymbolProvider: nothing,
      registerCodeLensProvider: nothing,
      registerCompletionItemProvider: nothing,
    },
    tasks: { registerTaskProvider: nothing },
    commands: { registerCommand: nothing },
  };
  const load = (file: string): unknown => {
    const require = (name: string): unknown => {
      if (name === "vscode") return vscode;
      if (kind === "web") throw new Error(`there is no ${name} in a browser`);
      return name.startsWith("./") ? load(path.join(path.dirname(file), name)) : createRequire(file)(name);
    };
    const module = { exports: {} };
    const nodes = kind === "web" ? ["process", "Buffer", "global", "__dirname"] : [];
    new Function("require", "module", "exports", ...nodes, readFileSync(file, "utf8"))(require, module, module.exports);
    return module.exports;
  };
  const uncaught = (error: unknown): unknown => failures.push(error);
  process.on("uncaughtException", uncaught);
  try {
    (load(entry) as { activate(context: unknown): void }).activate({ subscriptions: [], extensionUri: new Uri("/") });
    const end = Date.now() + 60_000;
    while (runs < documents.length && failures.length === 0 && Date.now() < end)
      await new Promise((done) => setTimeout(done, 20));
  } finally {
    process.off("uncaughtException", uncaught);
  }
  if (failures.length > 0) throw failures[0];
  return new Map(
    [...shown].map(([name, all]) => [
      name,
      all.map(({ code, severity, range, message }): Marker => [code?.value ?? "", severity, range, message]),
    ]),
  );
}
