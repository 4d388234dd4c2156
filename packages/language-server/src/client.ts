import type { ClientCapabilities, InitializeParams } from "vscode-languageserver/node";

/** What a client can do, of what is asked of it here: each where it has said so. */
export interface Client {
  readonly name: string;
  readonly pullsDiagnostics: boolean;
  readonly refreshesLenses: boolean;
  readonly refreshesHints: boolean;
  readonly hasConfiguration: boolean;
  readonly tellsOfFolders: boolean;
  readonly watches: boolean;
  /** Whether it watches below a folder of ours, not only in those that it opened. */
  readonly watchesAnywhere: boolean;
  readonly showsDocuments: boolean;
  readonly followsLinks: boolean;
  readonly nestsSymbols: boolean;
  readonly expandsSnippets: boolean;
  readonly versionsEdits: boolean;
  readonly tags: boolean;
  readonly relates: boolean;
  readonly links: boolean;
  readonly readsMarkdown: boolean;
}

export function clientOf({ capabilities, clientInfo }: InitializeParams): Client {
  const { workspace = {}, textDocument = {}, window = {} }: ClientCapabilities = capabilities ?? {};
  const { publishDiagnostics = {} } = textDocument;
  return {
    name: clientInfo === undefined ? "a client" : `${clientInfo.name} ${clientInfo.version ?? ""}`.trim(),
    // A finding may come or go because of another file: who pulls has to be told of that.
    pullsDiagnostics: textDocument.diagnostic !== undefined && workspace.diagnostics?.refreshSupport === true,
    refreshesLenses: workspace.codeLens?.refreshSupport === true,
    refreshesHints: workspace.inlayHint?.refreshSupport === true,
    hasConfiguration: workspace.configuration === true,
    tellsOfFolders: workspace.workspaceFolders === true,
    watches: workspace.didChangeWatchedFiles?.dynamicRegistration === true,
    watchesAnywhere: workspace.didChangeWatchedFiles?.relativePatternSupport === true,
    showsDocuments: window.showDocument?.support === true,
    followsLinks: textDocument.definition?.linkSupport === true,
    nestsSymbols: textDocument.documentSymbol?.hierarchicalDocumentSymbolSupport === true,
    expandsSnippets: textDocument.completion?.completionItem?.snippetSupport === true,
    versionsEdits: workspace.workspaceEdit?.documentChanges === true,
    tags: publishDiagnostics.tagSupport !== undefined,
    relates: publishDiagnostics.relatedInformation === true || textDocument.diagnostic?.relatedInformation === true,
    links:
      publishDiagnostics.codeDescriptionSupport === true || textDocument.diagnostic?.codeDescriptionSupport === true,
    readsMarkdown: textDocument.hover?.contentFormat?.includes("markdown") !== false,
  };
}
