import { createProject } from "../project/project.ts";
import type { Finding, Fix } from "../rule/finding.ts";
import { append } from "../text/append.ts";
import { SourceFile } from "../text/source-file.ts";
import { applyEdits, type TextEdit } from "../text/text-edit.ts";
import { type LintInput, lint } from "./lint.ts";
import { isAsClaimed } from "./sound-fixes.ts";

/** Rounds after which overlapping fixes are given up: each round applies or refuses at least one. */
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

/** A fix and what it is to end. */
interface Candidate {
  readonly finding: Finding;
  readonly fix: Fix;
  readonly key: string;
}

/**
 * Applies the fixes that `admit` allows, in rounds: overlapping ones wait for the next. A changed text is parsed and linted
 * again. A fix is dropped whose result does not parse, changes a path it did not claim, or leaves its finding; of fixes that
 * together bring a new finding, half are applied, and the others are asked for again.
 */
export function fixAll(
  input: LintInput,
  admit: "safe" | "unsafe",
  { ruleIds, rounds = mostRounds }: FixOptions = {},
): FixResult {
  let current = input;
  let findings = lint(current).findings;
  const changed = new Map<string, SourceFile>();
  const applied: Candidate[] = [];
  const refused = new Set<string>();
  // What is said twice may be repaired twice, and no more often: a repair that brings its finding back goes no round in circles.
  const said = tally(findings);
  const repaired = new Map<string, number>();
  for (let round = 0; round < rounds; round++) {
    const candidates = findings.flatMap((finding): readonly Candidate[] => {
      if (ruleIds?.has(finding.ruleId) === false) return [];
      const fix = finding.fixes.find(
        (each) => each.edits.length > 0 && (each.safety === "safe" || (admit === "unsafe" && each.safety === "unsafe")),
      );
      const key = `${finding.fingerprint} ${fix?.title}`;
      const isDone = (repaired.get(placeOf(finding)) ?? 0) >= (said.get(placeOf(finding)) ?? 1);
      return fix === undefined || isDone || refused.has(key) ? [] : [{ finding, fix, key }];
    });
    const outcome = applyRound(current, findings, candidates);
    for (const { key } of outcome.refused) refused.add(key);
    for (const { finding } of outcome.applied)
      repaired.set(placeOf(finding), (repaired.get(placeOf(finding)) ?? 0) + 1);
    if (outcome.applied.length === 0 && outcome.refused.length === 0) break;
    append(applied, outcome.applied);
    for (const file of outcome.files) changed.set(file.uri, file);
    ({ input: current, findings } = outcome);
  }
  return { files: [...changed.values()], applied };
}

interface Round {
  readonly input: LintInput;
  readonly findings: readonly Finding[];
  readonly files: readonly SourceFile[];
  readonly applied: readonly Candidate[];
  /** Fixes that are not what they claim; they are not tried again. */
  readonly refused: readonly Candidate[];
}

function applyRound(input: LintInput, findings: readonly Finding[], candidates: readonly Candidate[]): Round {
  const texts = new Map(input.project.files.map((file) => [file.uri, file]));
  const next = new Map<string, FileEdits>();
  const applied: Candidate[] = [];
  const refused: Candidate[] = [];
  for (const candidate of candidates) {
    if (overlaps(candidate.fix, next)) continue;
    (tryFix(candidate.fix, texts, next) ? applied : refused).push(candidate);
  }
  if (applied.length === 0) return { input, findings, files: [], applied, refused };
  const files = [...next].flatMap(([uri, { text }]) => {
    const file = texts.get(uri);
    return file === undefined ? [] : [new SourceFile(uri, text, file.origin)];
  });
  const written = new Map(files.map((file) => [file.uri, file]));
  const { input: given } = input.project;
  const all = given.files.map((file) => written.get(file.uri) ?? file);
  const after = { ...input, project: createProject({ ...given, files: all, cache: undefined }) };
  const left = lint(after).findings;
  const before = tally(findings);
  const remaining = tally(left);
  const idle = applied.filter(({ finding }) => {
    const place = placeOf(finding);
    return (remaining.get(place) ?? 0) >= (before.get(place) ?? 0);
  });
  if (idle.length > 0) {
    const working = candidates.filter((each) => !idle.includes(each) && !refused.includes(each));
    const outcome = applyRound(input, findings, working);
    return { ...outcome, refused: [...outcome.refused, ...refused, ...idle] };
  }
  const isWorse = left.some((finding) => finding.severity !== "info" && !before.has(placeOf(finding)));
  if (isWorse && applied.length > 1) {
    const outcome = applyRound(input, findings, applied.slice(0, Math.ceil(applied.length / 2)));
    return { ...outcome, refused: [...outcome.refused, ...refused] };
  }
  return { input: after, findings: left, files, applied, refused };
}

/** What is said where, whatever lines moved. Fingerprints count equals: when one goes, the next takes its number. */
function placeOf({ ruleId, location, message }: Finding): string {
  return `${ruleId} ${location.uri} ${location.yamlPath.join("/")} ${message}`;
}

function tally(findings: readonly Finding[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const finding of findings) counts.set(placeOf(finding), (counts.get(placeOf(finding)) ?? 0) + 1);
  return counts;
}

interface FileEdits {
  readonly edits: readonly TextEdit[];
  readonly text: string;
}

function overlaps(fix: Fix, next: ReadonlyMap<string, FileEdits>): boolean {
  return fix.edits.some(
    (edit) =>
      next
        .get(edit.uri)
        ?.edits.some((other) => edit.span.start <= other.span.end && other.span.start <= edit.span.end) === true,
  );
}

/** Adds the edits of a fix to those of the round; false where the result is not what it claims. */
function tryFix(fix: Fix, texts: ReadonlyMap<string, SourceFile>, next: Map<string, FileEdits>): boolean {
  const results = new Map<string, FileEdits>();
  for (const uri of new Set(fix.edits.map((edit) => edit.uri))) {
    const file = texts.get(uri);
    if (file === undefined || file.origin === "rendered" || file.origin === "cluster") return false;
    const own = fix.edits.filter((edit) => edit.uri === uri);
    const edits = [...(next.get(uri)?.edits ?? []), ...own];
    // By itself, and beside what the round has done so far.
    if (!isAsClaimed(file, own) || (edits.length > own.length && !isAsClaimed(file, edits))) return false;
    results.set(uri, { edits, text: applyEdits(file.text, edits) });
  }
  for (const [uri, result] of results) next.set(uri, result);
  return true;
}
