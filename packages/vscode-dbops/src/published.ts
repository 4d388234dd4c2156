import type { Finding, LintResult } from "@dbops/core";
import { type Publisher, tooLargeIn } from "@dbops/session";
import * as vscode from "vscode";
import { type Find, toDiagnostic, toRange } from "./to-vscode.ts";

/** A diagnostic with what it was made of. */
export interface Shown {
  readonly finding: Finding;
  readonly diagnostic: vscode.Diagnostic;
}

/** The diagnostics of one session: what it has published it also takes back. */
export class Published implements Publisher {
  readonly #diagnostics: vscode.DiagnosticCollection;
  readonly #find: Find;
  readonly #shown = new Map<string, readonly Shown[]>();
  readonly #uris = new Map<string, vscode.Uri>();

  constructor(diagnostics: vscode.DiagnosticCollection, find: Find) {
    this.#diagnostics = diagnostics;
    this.#find = find;
  }

  get shown(): ReadonlyMap<string, readonly Shown[]> {
    return this.#shown;
  }

  /** @param findings with the levels that are shown */
  publish(name: string, findings: readonly Finding[], result: Pick<LintResult, "notLinted" | "files">): void {
    const uri = this.#find(name)?.uri;
    if (uri === undefined) return;
    const all = findings.flatMap((finding) => {
      const diagnostic = toDiagnostic(finding, this.#find);
      return diagnostic === undefined ? [] : [{ finding, diagnostic }];
    });
    const diagnostics = [...all.map(({ diagnostic }) => diagnostic), ...tooLarge(name, result)];
    // Markers that stay the same are not set again: the editor would draw them anew.
    if (!isSame(this.#diagnostics.get(uri) ?? [], diagnostics)) this.#diagnostics.set(uri, diagnostics);
    this.#shown.set(name, all);
    this.#uris.set(name, uri);
  }

  /** Takes back what stands at every file but these. */
  keepOnly(names: { has(name: string): boolean }): void {
    for (const name of [...this.#shown.keys()]) if (!names.has(name)) this.withdraw(name);
  }

  withdraw(name: string): void {
    const uri = this.#uris.get(name);
    if (uri !== undefined) this.#diagnostics.delete(uri);
    this.#uris.delete(name);
    this.#shown.delete(name);
  }
}

function tooLarge(name: string, result: Pick<LintResult, "notLinted" | "files">): readonly vscode.Diagnostic[] {
  const file = result.files.get(name);
  return tooLargeIn(name, result).flatMap(({ span, message }) => {
    if (file === undefined) return [];
    const diagnostic = new vscode.Diagnostic(
      toRange(span, file),
      vscode.l10n.t("This document {0}", message),
      vscode.DiagnosticSeverity.Information,
    );
    diagnostic.source = "dbops";
    return [diagnostic];
  });
}

function isSame(before: readonly vscode.Diagnostic[], after: readonly vscode.Diagnostic[]): boolean {
  return before.length === after.length && JSON.stringify(before.map(shownOf)) === JSON.stringify(after.map(shownOf));
}

/** All of a diagnostic that people see; its own JSON lacks the other end and the tags. */
function shownOf({ range, severity, message, code, relatedInformation, tags }: vscode.Diagnostic): unknown {
  const related = relatedInformation?.map(({ location, message: what }) => [
    location.uri.toString(),
    location.range,
    what,
  ]);
  return [range, severity, message, code, related, tags];
}
