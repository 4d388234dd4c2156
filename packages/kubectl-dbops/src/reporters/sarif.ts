import {
  type AnyRule,
  builtInRules,
  type Finding,
  fieldOf,
  type LintResult,
  type Location,
  type SuppressedFinding,
} from "@dbops/core";
import { isLive, jsonText, type ReportContext, type Reporter, rangeOf } from "./reporter.ts";
import { shownFixes } from "./shown-fixes.ts";

const levels = { error: "error", warning: "warning", info: "note" } as const;

/** SARIF 2.1.0, with what GitHub's code scanning reads. https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
export const sarif: Reporter = (result, context) => {
  const all = [...result.findings, ...result.suppressed];
  const used = [...new Set(all.map((finding) => finding.ruleId))].sort();
  const known = new Map([...result.rules, ...builtInRules].map((rule) => [rule.id, rule]));
  const rules = used.map((id) => ruleJson(id, known.get(id), context));
  const unseen = result.notLinted.map((each) => ({
    level: "note",
    message: { text: `Document ${each.document} ${each.message}.` },
    locations: [locationJson(each, result, context)],
  }));
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "dbops", version: context.version, semanticVersion: context.version, rules } },
        columnKind: "utf16CodeUnits",
        ...(unseen.length === 0
          ? {}
          : { invocations: [{ executionSuccessful: true, toolExecutionNotifications: unseen }] }),
        results: all.map((finding) => resultJson(finding, used.indexOf(finding.ruleId), result, context)),
      },
    ],
  };
  return `${jsonText(log, 2)}\n`;
};

function ruleJson(id: string, rule: AnyRule | undefined, context: ReportContext): object {
  if (rule === undefined) return { id };
  const link = context.linkOf(id);
  const help = `${rule.meta.rationale}\n\n${rule.meta.remedy}`;
  return {
    id,
    shortDescription: { text: rule.meta.summary },
    fullDescription: { text: rule.meta.rationale },
    help: { text: help, markdown: help },
    ...(link === undefined ? {} : { helpUri: link }),
    defaultConfiguration: { level: levels[rule.meta.severity] },
  };
}

function locationJson(
  location: Pick<Location, "uri" | "span"> & Partial<Pick<Location, "yamlPath">>,
  result: LintResult,
  context: ReportContext,
): object {
  if (isLive(location.uri)) {
    const name = context.relative(location.uri);
    return {
      logicalLocations: [
        { fullyQualifiedName: `${name} ${fieldOf(location.yamlPath ?? [])}`.trimEnd(), kind: "object" },
      ],
    };
  }
  const { start, end } = rangeOf(result, location.uri, location.span);
  return {
    physicalLocation: {
      artifactLocation: { uri: context.relative(location.uri).split("/").map(encodeURIComponent).join("/") },
      region: { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column },
    },
  };
}

function resultJson(
  finding: Finding | SuppressedFinding,
  ruleIndex: number,
  result: LintResult,
  context: ReportContext,
): object {
  const fixes = shownFixes(finding, result).filter((fix) => fix.edits.length > 0);
  return {
    ruleId: finding.ruleId,
    ruleIndex,
    level: levels[finding.severity],
    message: { text: finding.message },
    locations: [locationJson(finding.location, result, context)],
    partialFingerprints: { "dbops/v1": finding.fingerprint },
    // Else it is the rule's help.
    ...(finding.remedy === undefined ? {} : { properties: { remedy: finding.remedy } }),
    ...(finding.related.length === 0
      ? {}
      : {
          relatedLocations: finding.related.map((related, id) => ({
            id,
            message: { text: related.message },
            ...locationJson(related, result, context),
          })),
        }),
    // GitHub refuses an empty list.
    ...(fixes.length === 0 ? {} : { fixes: fixes.map((fix) => fixJson(fix, result, context)) }),
    ...("suppression" in finding
      ? {
          suppressions: [
            {
              kind:
                finding.suppression.by === "comment" || finding.suppression.by === "annotation"
                  ? "inSource"
                  : "external",
              ...(finding.suppression.reason === undefined ? {} : { justification: finding.suppression.reason }),
            },
          ],
        }
      : {}),
  };
}

function fixJson(fix: Finding["fixes"][number], result: LintResult, context: ReportContext): object {
  const uris = [...new Set(fix.edits.map((edit) => edit.uri))];
  return {
    description: { text: fix.consequence === undefined ? fix.title : `${fix.title} (${fix.consequence})` },
    artifactChanges: uris.map((uri) => ({
      artifactLocation: { uri: context.relative(uri).split("/").map(encodeURIComponent).join("/") },
      replacements: fix.edits
        .filter((edit) => edit.uri === uri)
        .map((edit) => {
          const { start, end } = rangeOf(result, uri, edit.span);
          return {
            deletedRegion: {
              startLine: start.line,
              startColumn: start.column,
              endLine: end.line,
              endColumn: end.column,
            },
            insertedContent: { text: edit.newText },
          };
        }),
    })),
  };
}
