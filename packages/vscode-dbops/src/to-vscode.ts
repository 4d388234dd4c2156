import type { Finding, SourceFile } from "@dbops/core";
import * as vscode from "vscode";

const severities = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
} as const;

/** A finding as VS Code shows it. */
export function toDiagnostic(finding: Finding, file: SourceFile): vscode.Diagnostic {
  const start = file.positionAt(finding.location.span.start);
  const end = file.positionAt(finding.location.span.end);
  const diagnostic = new vscode.Diagnostic(
    new vscode.Range(start.line, start.column, end.line, end.column),
    finding.message,
    severities[finding.severity],
  );
  diagnostic.source = "dbops";
  diagnostic.code = finding.ruleId;
  return diagnostic;
}
