import { matchesGlob } from "../config/glob.ts";
import { createProject } from "../project/project.ts";
import type { Finding } from "../rule/finding.ts";
import { SourceFile } from "../text/source-file.ts";
import { applyEdits } from "../text/text-edit.ts";
import { disable } from "./disable.ts";
import { type LintInput, lint } from "./lint.ts";

/** Rounds after which what is still found counts as left: a suppression of one line can bring none of another forth. */
const mostRounds = 3;

export interface Suppressed {
  /** Changed files only, with their new text. */
  readonly files: readonly SourceFile[];
  readonly findings: readonly Finding[];
  /** What no comment can silence: findings of rendered files, and of the engine itself. */
  readonly left: readonly Finding[];
}

/** Writes a suppression with a reason at each finding of some rules, named by id or glob; in JSON as an annotation of the object. */
export function suppressAll(input: LintInput, rules: readonly string[], reason: string): Suppressed {
  const changed = new Map<string, SourceFile>();
  const before = findingsOf(input, rules);
  let current = input;
  let left = before;
  for (let round = 0; round < mostRounds && left.length > 0; round++) {
    const written = current.project.files.flatMap((file) => {
      const text = withSuppressions(
        file,
        left.filter(({ location }) => location.uri === file.uri),
        reason,
      );
      return text === file.text ? [] : [new SourceFile(file.uri, text, file.origin)];
    });
    if (written.length === 0) break;
    for (const file of written) changed.set(file.uri, file);
    const files = current.project.input.files.map((file) => changed.get(file.uri) ?? file);
    current = { ...current, project: createProject({ ...current.project.input, files, cache: undefined }) };
    left = findingsOf(current, rules);
  }
  const isLeft = new Set(left.map(({ fingerprint }) => fingerprint));
  return { files: [...changed.values()], findings: before.filter((each) => !isLeft.has(each.fingerprint)), left };
}

function findingsOf(input: LintInput, rules: readonly string[]): readonly Finding[] {
  return lint(input).findings.filter(({ ruleId }) =>
    rules.some((glob) => glob === ruleId || matchesGlob(glob, ruleId)),
  );
}

/** From the last place to the first, so that what is written moves nothing that is still to be looked at. */
function withSuppressions(file: SourceFile, findings: readonly Finding[], reason: string): string {
  if (file.origin === "rendered" || file.origin === "cluster") return file.text;
  const seen = new Set<string>();
  let current = file;
  for (const finding of findings.toSorted((a, b) => b.location.span.start - a.location.span.start)) {
    const place = `${finding.ruleId} ${file.positionAt(finding.location.span.start).line}`;
    if (seen.has(place)) continue;
    seen.add(place);
    const written = disable(current, finding, "line", { reason }) ?? disable(current, finding, "object", { reason });
    if (written !== undefined) current = new SourceFile(file.uri, applyEdits(current.text, written.edits), file.origin);
  }
  return current.text;
}
