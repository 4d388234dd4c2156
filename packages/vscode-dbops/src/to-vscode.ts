import type { Finding, LintResult, Severity, SourceFile, Span, Spot, TextEdit } from "@dbops/core";
import { ruleTags, type Find as SessionFind } from "@dbops/session";
import * as vscode from "vscode";
import { rulePage } from "./rule-pages.ts";

const severities: Readonly<Record<Severity, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information, // a Hint does not appear in Problems
};

const tags = {
  deprecated: vscode.DiagnosticTag.Deprecated,
  unnecessary: vscode.DiagnosticTag.Unnecessary,
} as const;

/** `1 problem`, `3 problems`. */
export function problems(count: number): string {
  return count === 1 ? vscode.l10n.t("1 problem") : vscode.l10n.t("{0} problems", count);
}

export function toRange(span: Span, file: SourceFile): vscode.Range {
  const start = file.positionAt(span.start);
  const end = file.positionAt(span.end);
  return new vscode.Range(start.line, start.column, end.line, end.column);
}

/** Gives the text that a name stands for and its uri; undefined: it is no longer there. */
export type Find = SessionFind<vscode.Uri>;

/** A place that a run found, in the text that it had then; undefined: its file is gone. */
export function locationOf(
  { uri, span }: Spot,
  { files }: Pick<LintResult, "files">,
  { find }: { readonly find: Find },
): vscode.Location | undefined {
  const [place, file] = [find(uri), files.get(uri)];
  return place === undefined || file === undefined ? undefined : new vscode.Location(place.uri, toRange(span, file));
}

/** A finding as VS Code shows it; undefined where its file is gone. */
export function toDiagnostic(finding: Finding, find: Find): vscode.Diagnostic | undefined {
  const found = find(finding.location.uri);
  if (found === undefined) return undefined;
  const range = toRange(finding.location.span, found.file);
  const diagnostic = new vscode.Diagnostic(range, finding.message, severities[finding.severity]);
  diagnostic.source = "dbops";
  diagnostic.code = { value: finding.ruleId, target: rulePage(finding.ruleId) };
  diagnostic.relatedInformation = finding.related.flatMap((related) => {
    const other = find(related.uri);
    if (other === undefined) return [];
    const place = new vscode.Location(other.uri, toRange(related.span, other.file));
    return [new vscode.DiagnosticRelatedInformation(place, related.message)];
  });
  const tag = ruleTags[finding.ruleId];
  if (tag !== undefined) diagnostic.tags = [tags[tag]];
  return diagnostic;
}

/** The edits of a fix; undefined: a file of it is gone. */
export function toWorkspaceEdit(edits: readonly TextEdit[], find: Find): vscode.WorkspaceEdit | undefined {
  const edit = new vscode.WorkspaceEdit();
  for (const { uri, span, newText } of edits) {
    const found = find(uri);
    if (found === undefined) return undefined;
    edit.replace(found.uri, toRange(span, found.file), newText);
  }
  return edit;
}
