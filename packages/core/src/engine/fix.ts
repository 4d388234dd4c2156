import { createProject } from "../project/project.ts";
import type { Finding, Fix } from "../rule/finding.ts";
import { SourceFile } from "../text/source-file.ts";
import { applyEdits, type TextEdit } from "../text/text-edit.ts";
import { verifyEdits } from "../yaml/verify.ts";
import { type LintInput, lint } from "./lint.ts";

/** Rounds after which overlapping fixes are given up: each round applies at least one. */
const mostRounds = 10;

export interface FixResult {
  /** Changed files only, with their new text. */
  readonly files: readonly SourceFile[];
  readonly applied: readonly { readonly finding: Finding; readonly fix: Fix }[];
}

export interface FixOptions {
  /** Only what these rules found. */
  readonly ruleIds?: ReadonlySet<string>;
  /** How often the result is linted and fixed again; 1: what is found now. */
  readonly rounds?: number;
}

/**
 * Applies the fixes that `admit` allows, in rounds: overlapping ones wait for the next. A changed text is parsed again, and a
 * fix whose result does not parse, or changes a path it did not claim, is dropped.
 */
export function fixAll(
  input: LintInput,
  admit: "safe" | "unsafe",
  { ruleIds, rounds = mostRounds }: FixOptions = {},
): FixResult {
  let current = input;
  const changed = new Map<string, SourceFile>();
  const applied: { finding: Finding; fix: Fix }[] = [];
  const refused = new Set<string>();
  for (let round = 0; round < rounds; round++) {
    const texts = new Map(current.project.files.map((file) => [file.uri, file]));
    const next = new Map<string, { edits: TextEdit[]; text: string }>();
    let count = 0;
    for (const finding of lint(current).findings) {
      if (ruleIds?.has(finding.ruleId) === false) continue;
      const fix = finding.fixes.find(
        (each) => each.edits.length > 0 && (each.safety === "safe" || (admit === "unsafe" && each.safety === "unsafe")),
      );
      if (fix === undefined || refused.has(`${finding.fingerprint} ${fix.title}`)) continue;
      if (!tryFix(fix, texts, next)) {
        if (!overlaps(fix, next)) refused.add(`${finding.fingerprint} ${fix.title}`);
        continue;
      }
      applied.push({ finding, fix });
      count++;
    }
    if (count === 0) break;
    for (const [uri, { text }] of next) {
      const file = texts.get(uri);
      if (file !== undefined) changed.set(uri, new SourceFile(uri, text, file.origin));
    }
    const files = current.project.input.files.map((file) => changed.get(file.uri) ?? file);
    current = { ...current, project: createProject({ ...current.project.input, files, cache: undefined }) };
  }
  return { files: [...changed.values()], applied };
}

function overlaps(fix: Fix, next: ReadonlyMap<string, { readonly edits: readonly TextEdit[] }>): boolean {
  return fix.edits.some(
    (edit) =>
      next
        .get(edit.uri)
        ?.edits.some((other) => edit.span.start <= other.span.end && other.span.start <= edit.span.end) === true,
  );
}

/** Adds the edits of a fix to those of the round; false where they overlap another fix or the result is not what it claims. */
function tryFix(
  fix: Fix,
  texts: ReadonlyMap<string, SourceFile>,
  next: Map<string, { edits: TextEdit[]; text: string }>,
): boolean {
  if (overlaps(fix, next)) return false;
  const results = new Map<string, { edits: TextEdit[]; text: string }>();
  for (const uri of new Set(fix.edits.map((edit) => edit.uri))) {
    const file = texts.get(uri);
    if (file === undefined || file.origin === "rendered" || file.origin === "cluster") return false;
    const own = fix.edits.filter((edit) => edit.uri === uri);
    const edits = [...(next.get(uri)?.edits ?? []), ...own];
    // By itself, and beside what the round has done so far.
    if (!isAsClaimed(file.text, own) || (edits.length > own.length && !isAsClaimed(file.text, edits))) return false;
    results.set(uri, { edits, text: applyEdits(file.text, edits) });
  }
  for (const [uri, result] of results) next.set(uri, result);
  return true;
}

function isAsClaimed(text: string, edits: readonly TextEdit[]): boolean {
  const claims = edits.flatMap((edit) => (edit.changes === undefined ? [] : [edit.changes]));
  return verifyEdits(text, applyEdits(text, edits), claims);
}
