import type { Finding, LintResult } from "@dbops/core";
import { type Publisher, tooLargeIn } from "@dbops/session";
import { type Diagnostic, DiagnosticSeverity } from "vscode-languageserver/node";
import type { URI } from "vscode-uri";
import { type Conversion, toDiagnostic, toRange } from "./to-protocol.ts";

/** What is shown at a file, and a number that changes with it. */
export interface ShownDiagnostics {
  readonly uri: URI;
  readonly items: readonly Diagnostic[];
  readonly id: string;
}

/** Whom changes of diagnostics are told to; without any: nothing is shown there any longer. */
type Told = (name: string, uri: URI, items: readonly Diagnostic[]) => void;

/** The diagnostics of one session: what it has published it also takes back. */
export class Published implements Publisher {
  readonly #conversion: Conversion;
  readonly #all: Map<string, ShownDiagnostics>;
  readonly #told: Told;

  /** @param all of all sessions, by the core's names of their files */
  constructor(conversion: Conversion, all: Map<string, ShownDiagnostics>, told: Told) {
    this.#conversion = conversion;
    this.#all = all;
    this.#told = told;
  }

  publish(name: string, findings: readonly Finding[], result: LintResult): void {
    const uri = this.#conversion.find(name)?.uri;
    if (uri === undefined) return;
    const items = [
      ...findings.flatMap((finding) => toDiagnostic(finding, this.#conversion) ?? []),
      ...tooLarge(name, result),
    ];
    const before = this.#all.get(name);
    if (before !== undefined && JSON.stringify(before.items) === JSON.stringify(items)) return;
    this.#all.set(name, { uri, items, id: nextId() });
    // A first look that finds nothing is no news, but an answer: clients wait for it.
    this.#told(name, uri, items);
  }

  withdraw(name: string): void {
    const before = this.#all.get(name);
    if (!this.#all.delete(name) || before === undefined) return;
    this.#told(name, before.uri, []);
  }
}

let lastId = 0;
const nextId = (): string => String(++lastId);

function tooLarge(name: string, result: LintResult): readonly Diagnostic[] {
  const file = result.files.get(name);
  if (file === undefined) return [];
  return tooLargeIn(name, result).map(({ span, message }) => ({
    range: toRange(span, file),
    severity: DiagnosticSeverity.Information,
    source: "dbops",
    message: `This document ${message}`,
  }));
}
