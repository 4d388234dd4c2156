// A text is linted as `kubectl dbops lint -` does it: what is pasted is all there is.
import {
  allRules,
  builtInRules,
  count,
  createDocumentCache,
  createProject,
  type Finding,
  type Fix,
  type LintCounts,
  lint,
  type PresetName,
  type Severity,
  SourceFile,
  soundFixes,
} from "@dbops/core";
import { pagePath } from "../pages.ts";

export interface ShownFix extends Omit<Fix, "edits"> {
  readonly changes: readonly { readonly from: number; readonly to: number; readonly insert: string }[];
}

/** A finding as the page shows it: plain data. Lines and columns count from one, `from` and `to` are offsets. */
export interface ShownFinding {
  readonly ruleId: string;
  /** The page of the rule, from the root of the site. */
  readonly page: string;
  readonly severity: Severity;
  readonly message: string;
  readonly remedy: string;
  readonly line: number;
  readonly column: number;
  readonly from: number;
  readonly to: number;
  readonly related: readonly { readonly line: number; readonly from: number; readonly message: string }[];
  readonly fixes: readonly ShownFix[];
}

export interface Shown {
  /** What was linted. */
  readonly text: string;
  readonly findings: readonly ShownFinding[];
  /** How many of them, or what was understood where there are none. */
  readonly summary: string;
  /** What was not judged, and why. */
  readonly notLinted: readonly string[];
}

const remedies = new Map([...allRules, ...builtInRules].map(({ id, meta }) => [id, meta.remedy]));
const cache = createDocumentCache();

const root = "/playground";
const uri = `${root}/pasted.yaml`;

/** @param today ISO date: some findings age */
export function lintText(text: string, preset: PresetName, today: string): Shown {
  const file = new SourceFile(uri, text);
  const project = createProject({
    files: [file],
    configs: [],
    root,
    view: "folder",
    today,
    rules: allRules,
    preset,
    cache,
  });
  const { findings, counts, notLinted } = lint({ project, requested: new Set([uri]) });
  const files = new Map([[uri, file]]);
  return {
    text,
    summary: summaryOf(findings, counts),
    notLinted: [...new Set(notLinted.map(({ message }) => message))],
    findings: findings.map((finding) => {
      const { start, end } = finding.location.span;
      const { line, column } = file.positionAt(start);
      return {
        ruleId: finding.ruleId,
        page: `/${pagePath(`docs/rules/${finding.ruleId}.md`).replace(/\.md$/, ".html")}`,
        severity: finding.severity,
        message: finding.message,
        remedy: finding.remedy ?? remedies.get(finding.ruleId) ?? "",
        line: line + 1,
        column: column + 1,
        from: start,
        to: end,
        related: finding.related.map(({ span, message }) => ({
          line: file.positionAt(span.start).line + 1,
          from: span.start,
          message,
        })),
        fixes: soundFixes(finding, files).map(({ edits, ...fix }) => ({
          ...fix,
          changes: edits.map(({ span, newText }) => ({ from: span.start, to: span.end, insert: newText })),
        })),
      };
    }),
  };
}

function summaryOf(findings: readonly Finding[], counts: LintCounts): string {
  if (findings.length === 0 && counts.objects === 0) return "No objects of a database here.";
  const objects = count(counts.objects, "object");
  if (findings.length > 0) {
    const severities = (["error", "warning", "info"] as const).flatMap((severity) => {
      const { length } = findings.filter((finding) => finding.severity === severity);
      return length === 0 ? [] : [count(length, severity)];
    });
    return `${count(findings.length, "problem")} in ${objects}: ${severities.join(", ")}.`;
  }
  const understood = [
    [counts.databases, "database"],
    [counts.poolers, "pooler"],
    [counts.migrations, "migration"],
    [counts.backups, "backup"],
  ] as const;
  const words = understood.flatMap(([number, word]) => (number === 0 ? [] : [count(number, word)]));
  return words.length === 0 ? `No database in ${objects}.` : `No problems in ${objects}: ${words.join(", ")}.`;
}
