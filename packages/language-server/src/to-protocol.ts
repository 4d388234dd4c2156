import type { Finding, LintResult, Severity, SourceFile, Span, Spot, TextEdit } from "@dbops/core";
import { type Find, ruleTags } from "@dbops/session";
import {
  type Diagnostic,
  DiagnosticSeverity,
  DiagnosticTag,
  type Location,
  type Range,
} from "vscode-languageserver/node";
import type { URI } from "vscode-uri";
import type { Client } from "./client.ts";

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information, // a hint does not appear in lists of problems
};

const tags = { deprecated: DiagnosticTag.Deprecated, unnecessary: DiagnosticTag.Unnecessary } as const;

/** Positions count UTF-16 units, as the protocol does where nothing else is agreed on. */
export function toRange(span: Span, file: SourceFile): Range {
  const start = file.positionAt(span.start);
  const end = file.positionAt(span.end);
  return {
    start: { line: start.line, character: start.column },
    end: { line: end.line, character: end.column },
  };
}

/** The uri of a file as its client spells it. */
export type Spell = (uri: URI) => string;

/** What surrounds a conversion. */
export interface Conversion {
  readonly find: Find<URI>;
  readonly spell: Spell;
  readonly client: Client;
  /** Where a rule is described; undefined: nowhere on the web. */
  pageOf(ruleId: string): string | undefined;
}

/** A finding as a client shows it; undefined where its file is gone. */
export function toDiagnostic(finding: Finding, { find, spell, client, pageOf }: Conversion): Diagnostic | undefined {
  const found = find(finding.location.uri);
  if (found === undefined) return undefined;
  const tag = ruleTags[finding.ruleId];
  const page = pageOf(finding.ruleId);
  const related = finding.related.flatMap(({ uri, span, message }) => {
    const other = find(uri);
    return other === undefined
      ? []
      : [{ location: { uri: spell(other.uri), range: toRange(span, other.file) }, message }];
  });
  return {
    range: toRange(finding.location.span, found.file),
    severity: severities[finding.severity],
    code: finding.ruleId,
    source: "dbops",
    message: finding.message,
    ...(page === undefined || !client.links ? {} : { codeDescription: { href: page } }),
    ...(related.length === 0 || !client.relates ? {} : { relatedInformation: related }),
    ...(tag === undefined || !client.tags ? {} : { tags: [tags[tag]] }),
    data: { fingerprint: finding.fingerprint },
  };
}

/** A place that a run found, in the text that it had then; undefined: its file is gone. */
export function toLocation(
  { uri, span }: Spot,
  { files }: Pick<LintResult, "files">,
  find: Find<URI>,
  spell: Spell,
): Location | undefined {
  const [place, file] = [find(uri), files.get(uri)];
  return place === undefined || file === undefined ? undefined : { uri: spell(place.uri), range: toRange(span, file) };
}

/** Edits by the file that they are made in. */
export interface FileEdits {
  readonly uri: URI;
  readonly edits: { readonly range: Range; readonly newText: string }[];
}

/** The edits of a fix; undefined: a file of it is gone. */
export function toFileEdits(edits: readonly TextEdit[], find: Find<URI>): readonly FileEdits[] | undefined {
  const byFile = new Map<string, FileEdits>();
  for (const { uri, span, newText } of edits) {
    const found = find(uri);
    if (found === undefined) return undefined;
    const file = byFile.get(uri) ?? { uri: found.uri, edits: [] };
    file.edits.push({ range: toRange(span, found.file), newText });
    byFile.set(uri, file);
  }
  return [...byFile.values()];
}
