import { allRules, createProject, lint, SourceFile } from "@dbops/core";
import * as vscode from "vscode";
import { toDiagnostic } from "./to-vscode.ts";

/** Publishes findings for the open YAML documents, each read alone. */
export function activate(context: vscode.ExtensionContext): void {
  const diagnostics = vscode.languages.createDiagnosticCollection("dbops");
  const refresh = (document: vscode.TextDocument): void => {
    if (document.languageId !== "yaml" || document.uri.scheme === "git") return;
    const file = new SourceFile(document.uri.toString(), document.getText());
    const root = file.uri.slice(0, file.uri.lastIndexOf("/"));
    const project = createProject({
      files: [file],
      configs: [],
      root,
      view: "file",
      today: new Date().toISOString().slice(0, 10),
      rules: allRules,
    });
    const { findings } = lint({ project, asked: new Set([file.uri]) });
    diagnostics.set(
      document.uri,
      findings.map((finding) => toDiagnostic(finding, file)),
    );
  };
  context.subscriptions.push(
    diagnostics,
    vscode.workspace.onDidOpenTextDocument(refresh),
    vscode.workspace.onDidChangeTextDocument((event) => refresh(event.document)),
    vscode.workspace.onDidCloseTextDocument((document) => diagnostics.delete(document.uri)),
  );
  for (const document of vscode.workspace.textDocuments) refresh(document);
}
