import type { Verdict } from "../change/change.ts";
import { matchesGlob } from "../config/glob.ts";
import { isInPreset, levelFor, type RuleLevel } from "../config/levels.ts";
import type { Workspace } from "../domain/model/workspace.ts";
import type { Resource } from "../kube/resource.ts";
import type { CutUnit } from "../project/cut-units.ts";
import { isKustomizationFile } from "../project/kustomization.ts";
import type { Project } from "../project/project.ts";
import { builtInRules } from "../rule/built-in-rules.ts";
import type { Finding, Fix, Location, Severity } from "../rule/finding.ts";
import type { AnyRule, Report } from "../rule/rule.ts";
import { categoryOf } from "../rules/all-rules.ts";
import { append } from "../text/append.ts";
import type { SourceFile } from "../text/source-file.ts";
import type { Span } from "../text/span.ts";
import type { TextEdit } from "../text/text-edit.ts";
import type { Place } from "../yaml/node.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { tierOf } from "./fix-tier.ts";
import type { LintInput } from "./lint.ts";
import type { Origins } from "./relocate.ts";

/** A finding with what suppression and configuration still need. */
export interface Draft {
  readonly finding: Finding;
  readonly resource: Resource | undefined;
  readonly file: SourceFile;
  readonly unit: CutUnit | undefined;
  /** Of a change: what becomes of the object. */
  readonly verdict?: Verdict;
  /** Where the finding stood in rendered text before it was moved to the file that wrote the value. */
  readonly renderedAt?: Location;
}

interface Circumstances {
  readonly owner: Resource | undefined;
  readonly level: RuleLevel;
  readonly input: LintInput;
  readonly unit: CutUnit;
  readonly workspace: Workspace;
}

/** A report as a finding; undefined where it is not asked for, or the preset leaves its case out. */
export function draftOf(
  rule: AnyRule,
  report: Report,
  { owner, level, input, unit, workspace }: Circumstances,
): Draft | undefined {
  const { file } = report.at;
  if (!input.requested.has(file.uri)) return undefined;
  const config = input.project.configFor(file.uri);
  const isSelected = input.project.input.select !== undefined;
  if (!level.isForced && !isSelected && !isInPreset(report.presets ?? rule.meta.presets, config)) return undefined;
  const subject = report.subject ?? owner;
  const span =
    report.point === "key" && "keySpan" in report.at
      ? (report.at as { readonly keySpan: Span }).keySpan
      : report.at.span;
  const isRecovered = subject?.document.state === "recovered";
  return {
    resource: subject,
    file,
    unit,
    ...(report.verdict === undefined ? {} : { verdict: report.verdict }),
    finding: {
      ruleId: rule.id,
      // A level that somebody wrote holds for the rule's usual case; milder and graver cases keep their distance.
      severity:
        level.severity !== undefined && report.severity === undefined
          ? level.severity
          : (level.severity ?? report.severity ?? rule.meta.severity),
      message: report.message,
      ...(report.remedy === undefined ? {} : { remedy: report.remedy }),
      fingerprint: "",
      location: { uri: file.uri, span: trimmed(file, span), yamlPath: report.at.yamlPath },
      related: [...(report.related ?? []), ...patchedObject(report, subject, unit)].map(({ message, at }) => ({
        message,
        uri: at.file.uri,
        span: trimmed(at.file, at.span),
        yamlPath: at.yamlPath,
      })),
      subject:
        subject === undefined
          ? undefined
          : { apiVersion: subject.apiVersion, kind: subject.kind, namespace: subject.namespace, name: subject.name },
      fixes:
        isRecovered || file.origin === "rendered" || file.origin === "cluster"
          ? []
          : (report.fixes ?? []).flatMap((fix) =>
              fix === undefined ? [] : [tierOf(inLineEndsOf(fix, unit), unit, workspace, subject)],
            ),
    },
  };
}

/** Where the object is that a patch or a kustomization changes: a finding about their values is reported in their file. */
function patchedObject(
  { at, related = [] }: Report,
  subject: Resource | undefined,
  unit: CutUnit,
): NonNullable<Report["related"]> {
  const { uri } = at.file;
  const changes = unit.appliedPatches.has(uri) || isKustomizationFile(uri) || unit.origin?.uri === uri;
  if (subject === undefined || !changes) return [];
  const name = subject.node.nearest("metadata", "name");
  if (name.file.uri === uri || related.some((each) => each.at.file === name.file)) return [];
  return [{ message: `${subject.kind} ${subject.name}, which this file changes`, at: name }];
}

/** The fix with the line ends of the files that it edits. */
function inLineEndsOf(fix: Fix, unit: CutUnit): Fix {
  const isPlain = ({ newText }: TextEdit): boolean => !newText.includes("\n") || newText.includes("\r\n");
  if (fix.edits.every(isPlain)) return fix;
  const edits = fix.edits.map((edit) => {
    const file = isPlain(edit) ? undefined : unit.files.find(({ uri }) => uri === edit.uri);
    const end = file?.text.indexOf("\n") ?? -1;
    return file?.text[end - 1] === "\r" ? { ...edit, newText: edit.newText.replaceAll("\n", "\r\n") } : edit;
  });
  return { ...fix, edits };
}

/** A map or block scalar would underline whole paragraphs: a finding shows its first line. */
function trimmed(file: SourceFile, span: Span): Span {
  const newline = file.text.indexOf("\n", span.start);
  if (newline < 0 || newline >= span.end) return span;
  let end = newline;
  while (end > span.start && /[\s]/.test(file.text[end - 1] ?? "")) end--;
  return { start: span.start, end: Math.max(end, span.start) };
}

/** A finding of the engine itself. */
export function builtInDraft(
  ruleId: string,
  message: string,
  at: Place,
  resource: Resource | undefined,
  project: Project,
): Draft {
  const rule = builtInRules.find((each) => each.id === ruleId);
  const config = project.configFor(at.file.uri);
  const level = rule === undefined ? undefined : levelFor(rule, config, at.file.uri, resource);
  const severity: Severity = level?.severity ?? rule?.meta.severity ?? "error";
  return {
    resource,
    file: at.file,
    unit: undefined,
    finding: {
      ruleId,
      severity,
      message,
      fingerprint: "",
      location: { uri: at.file.uri, span: at.span, yamlPath: at.yamlPath },
      related: [],
      subject:
        resource === undefined
          ? undefined
          : {
              apiVersion: resource.apiVersion,
              kind: resource.kind,
              namespace: resource.namespace,
              name: resource.name,
            },
      fixes: [],
    },
  };
}

/** Whether the configuration or a selection keeps a built-in rule silent for a file. */
export function isBuiltInRuleOff(ruleId: string, uri: string, project: Project): boolean {
  const rule = builtInRules.find((each) => each.id === ruleId);
  if (rule === undefined) return true;
  if (project.input.ignore?.some((pattern) => namesRule(pattern, rule)) === true) return true;
  return levelFor(rule, project.configFor(uri), uri, undefined) === undefined;
}

/** Whether a pattern of `--select` or `--ignore` means the rule. */
export function namesRule(pattern: string, rule: AnyRule): boolean {
  return (
    pattern === rule.id || pattern === categoryOf(rule.id) || (pattern.includes("*") && matchesGlob(pattern, rule.id))
  );
}

/** The same finding from two units is one, at the base's line, with the kustomizations that render it. */
export function mergeUnits(drafts: readonly Draft[], origins: Origins | undefined): readonly Draft[] {
  const byPlace = new Map<string, Draft[]>();
  for (const draft of drafts) {
    const { ruleId, location } = draft.finding;
    const key = `${ruleId} ${location.uri} ${location.span.start} ${location.span.end}`;
    const same = byPlace.get(key);
    if (same === undefined) byPlace.set(key, [draft]);
    else if (!same.some((each) => each.unit === draft.unit && each.finding.message === draft.finding.message))
      same.push(draft);
  }
  const kept: Draft[] = [];
  for (const same of byPlace.values()) {
    const units = new Set(same.map((draft) => draft.unit));
    const [first] = same;
    if (first === undefined) continue;
    if (units.size <= 1) {
      append(kept, same);
      continue;
    }
    const rendered = [...units].flatMap((unit) => {
      const origin = unit?.origin ?? origins?.get(unit?.name ?? "")?.top;
      return origin === undefined
        ? []
        : [{ message: "rendered here", uri: origin.uri, span: { start: 0, end: 0 }, yamlPath: [] }];
    });
    kept.push({ ...first, finding: { ...first.finding, related: [...first.finding.related, ...rendered] } });
  }
  return kept;
}

/** Gives each finding its fingerprint, in the order of the text, so that the counter for equals is stable. */
export function withFingerprints(drafts: readonly Draft[], roots: readonly string[]): readonly Draft[] {
  const seen = new Map<string, number>();
  return [...drafts]
    .sort((a, b) =>
      a.finding.location.uri < b.finding.location.uri
        ? -1
        : a.finding.location.uri > b.finding.location.uri
          ? 1
          : a.finding.location.span.start - b.finding.location.span.start,
    )
    .map((draft) => {
      const { ruleId, location } = draft.finding;
      const root = roots.find((each) => location.uri.startsWith(`${each}/`));
      const path = root === undefined ? location.uri : location.uri.slice(root.length + 1);
      const fingerprint = fingerprintOf(ruleId, path, draft.resource, location.yamlPath, draft.resource?.node, seen);
      return { ...draft, finding: { ...draft.finding, fingerprint } };
    });
}
