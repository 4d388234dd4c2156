import { matchesGlob } from "../../config/glob.ts";
import { createProject } from "../../project/project.ts";
import type { Finding } from "../../rule/finding.ts";
import { SourceFile } from "../../text/source-file.ts";
import { applyEdits, type TextEdit } from "../../text/text-edit.ts";
import { type LintInput, lint } from "../lint.ts";
import { writeSuppression } from "./write-suppression.ts";

export interface Suppressed {
  /** Changed files only, with their new text. */
  readonly files: readonly SourceFile[];
  readonly findings: readonly Finding[];
  /** What no comment can suppress, with all findings of its file, which is left as it was. */
  readonly left: readonly Finding[];
}

/** Writes a suppression with a reason at each finding of some rules, named by id or glob; in JSON as an annotation of the object. */
export function suppressAll(input: LintInput, rules: readonly string[], reason: string): Suppressed {
  const before = findingsOf(input, rules);
  let current = input;
  let left = before;
  // One rule after the other: each is written into the text that the last one left.
  for (const ruleId of new Set(before.map((finding) => finding.ruleId))) {
    const files = current.project.input.files.map((file) => {
      const own = left.filter(({ location, ruleId: id }) => location.uri === file.uri && id === ruleId);
      return own.length === 0 ? file : withSuppressions(file, own, reason);
    });
    current = withFiles(current, files);
    left = findingsOf(current, rules);
  }
  // A file in which something is left would carry comments that do not do what they say.
  const failed = new Set(left.map(({ location }) => location.uri));
  const old = new Map(input.project.input.files.map((file) => [file.uri, file]));
  return {
    files: current.project.input.files.filter(({ uri, text }) => !failed.has(uri) && old.get(uri)?.text !== text),
    findings: before.filter(({ location }) => !failed.has(location.uri)),
    left: before.filter(({ location }) => failed.has(location.uri)),
  };
}

function withFiles(input: LintInput, files: readonly SourceFile[]): LintInput {
  return { ...input, project: createProject({ ...input.project.input, files, cache: undefined }) };
}

function findingsOf(input: LintInput, rules: readonly string[]): readonly Finding[] {
  return lint(input).findings.filter(({ ruleId }) =>
    rules.some((glob) => glob === ruleId || matchesGlob(glob, ruleId)),
  );
}

/** One comment for all findings that it covers: those of one block scalar share the comment above their key. */
function withSuppressions(file: SourceFile, findings: readonly Finding[], reason: string): SourceFile {
  if (file.origin === "rendered" || file.origin === "cluster") return file;
  const edits = new Map<string, TextEdit>();
  for (const finding of findings) {
    const written =
      writeSuppression(file, finding, "line", { reason }) ?? writeSuppression(file, finding, "object", { reason });
    for (const edit of written?.edits ?? []) edits.set(`${edit.span.start} ${edit.newText}`, edit);
  }
  return new SourceFile(file.uri, applyEdits(file.text, [...edits.values()]), file.origin);
}
