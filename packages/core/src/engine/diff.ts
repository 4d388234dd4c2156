import type { Change, Verdict } from "../change/change.ts";
import { sideOf } from "../change/change.ts";
import type { ClaimIsThere } from "../change/claims.ts";
import { pairObjects } from "../change/pair.ts";
import type { UnreadDocument } from "../change/unread.ts";
import type { MovedEntry, ObjectName } from "../config/config.ts";
import { nameOf } from "../domain/model/names.ts";
import type { Resource } from "../kube/resource.ts";
import type { Project } from "../project/project.ts";
import type { Location } from "../rule/finding.ts";
import { append } from "../text/append.ts";
import { assembleResult } from "./assemble-result.ts";
import { changesBetween, type ProjectSide, readSide } from "./changes.ts";
import { count, noCounts } from "./count.ts";
import type { Draft } from "./drafts.ts";
import { faultsOf } from "./faults.ts";
import { leftOutObjects } from "./left-out.ts";
import { activeRules, type LintInput } from "./lint.ts";
import { type ApplyCommand, type PlannedChange, planned } from "./planned.ts";
import type { LintResult, Suppression } from "./result.ts";
import { ruleLevels } from "./rule-levels.ts";
import { runRule } from "./run-rule.ts";
import { type LostChart, lostCharts } from "./unread-charts.ts";
import { unreadIn } from "./unread-documents.ts";
import { type ClaimEntry, claimEntries, type ObjectVerdict, verdictsOf } from "./verdicts.ts";

/** A run over two texts. `project` is the new one; `requested` and `origins` name files of both. */
export interface DiffInput extends LintInput {
  readonly before: Project;
  /** Files of the new text that are there and could not be read, by their path below its root: `/shop/db.yaml`. */
  readonly unreadFiles?: ReadonlySet<string>;
  /** Of a cluster: kinds of which the old side may have objects that could not be read. */
  readonly hidden?: ReadonlySet<string>;
  /** Of a cluster: whether it has a claim, which no manifest need write. */
  readonly claimIsThere?: ClaimIsThere | undefined;
  /** Verdicts that somebody accepts by name. */
  readonly allowed?: readonly AllowedVerdict[];
}

/** A verdict about one object that is accepted, and where that is written. */
export interface AllowedVerdict extends ObjectName {
  readonly verdict: Verdict;
  readonly suppression: Suppression;
}

/** What a change of manifests does. What none of it speaks of is the same in both texts. */
export interface DiffResult extends LintResult {
  /** Gravest first: each object that changed, that was removed with its data, or of which nobody can say it. */
  readonly verdicts: readonly ObjectVerdict[];
  readonly claims: readonly ClaimEntry[];
  /** Objects that are not the same in both texts, or only in one of them. */
  readonly changedObjects: number;
  /** A document that changed is not YAML: what becomes of its objects is not known. */
  readonly isUnreadable: boolean;
  /** Documents of the old text that could not be read as whole objects: nothing is said of them. */
  readonly unreadBefore: number;
  /** Charts of databases that were not read, and on which the new text no longer depends. */
  readonly lostCharts: readonly LostChart[];
  /** The ways through what does not simply apply, in the order of the verdicts. */
  procedures(apply: ApplyCommand): readonly PlannedChange[];
}

/**
 * Says what becomes of the objects and claims of one text when another takes its place. It sees two texts and no cluster: what is not
 * written in the old one counts as not there.
 */
export function diff(input: DiffInput): DiffResult {
  const { project, before, requested, allowed = [], unreadFiles = new Set() } = input;
  const drafts: Draft[] = [];
  const faults = faultsOf(input, drafts);
  const old = readSide(before, requested, faults);
  const written = readSide(project, requested, faults);
  const [oldText, youngText] = [
    { project: before, side: old },
    { project, side: written },
  ];
  const unread = {
    before: unreadIn(oldText, youngText, requested),
    after: unreadIn(youngText, oldText, requested),
  };
  append(drafts, [
    // What the new text repairs is said, and fails nothing.
    ...unread.before.drafts.map((draft): Draft => ({ ...draft, finding: { ...draft.finding, severity: "info" } })),
    ...unread.after.drafts,
  ]);
  const unreadNow = [
    ...unread.after.documents,
    ...[...unreadFiles].map((file): UnreadDocument => ({ file, text: "", isBroken: true })),
  ];
  const leftOut = leftOutObjects(old, written, unreadNow);
  const young: ProjectSide = {
    ...written,
    placed: written.placed.filter(({ resource }) => !leftOut.after.has(resource)),
  };
  const pairs = pairObjects(old.placed, young.placed, {
    before: unread.before.documents,
    after: unreadNow,
    ...(input.hidden === undefined ? {} : { hidden: input.hidden }),
  });
  const moved = movedIn(project);
  const isMoved = (from: Resource, to: Resource): boolean => moved(from, to) !== undefined;
  const { changes, ledger, operated } = changesBetween(
    pairs,
    old,
    young,
    requested,
    isMoved,
    leftOut.whyGone,
    input.claimIsThere,
  );
  const rules = activeRules(project).filter(({ subject }) => subject === "change");
  const levelOf = ruleLevels(project);
  const reported = new Map<Change, Draft[]>();
  const accepted = new Map<string, Suppression>();
  for (const change of changes) {
    const { resource, workspace } = sideOf(change);
    const unit = (young.builtOf(resource) ?? old.builtOf(resource))?.unit;
    if (unit === undefined) continue;
    const own: Draft[] = [];
    reported.set(change, own);
    for (const rule of rules) runRule(rule, [change], { workspace, unit, input, levelOf, isAsked: () => true }, own);
    append(drafts, own);
    const entry =
      change.isRenamed && change.before !== undefined && change.after !== undefined
        ? moved(change.before.resource, change.after.resource)
        : undefined;
    if (entry !== undefined)
      for (const draft of own.filter(({ verdict }) => verdict !== undefined))
        accepted.set(placeKey(draft.finding.ruleId, draft.finding.location), suppressionBy(entry));
  }
  const counts = noCounts();
  const counted = new Set<unknown>();
  for (const { workspace } of young.built) count(workspace, requested, counted, counts);
  const result = assembleResult(drafts, {
    input,
    rules,
    workspaces: young.built.map(({ workspace }) => workspace),
    notLinted: young.notLinted,
    counts,
    before,
    allow: ({ verdict, resource, finding }) =>
      accepted.get(placeKey(finding.ruleId, finding.location)) ??
      allowed.find(
        (each) =>
          each.verdict === verdict &&
          each.kind === resource?.kind &&
          each.namespace === resource.namespace &&
          each.name === resource.name,
      )?.suppression,
  });
  const suppressed = new Set(result.suppressed.map(({ ruleId, location }) => placeKey(ruleId, location)));
  const isSuppressed = ({ finding }: Draft): boolean => suppressed.has(placeKey(finding.ruleId, finding.location));
  const shown = (resource: Resource, text = nameOf(resource)): string =>
    result.concealment.line(text, [resource.document.file.uri]);
  const verdicts = verdictsOf({ changes, reported, isSuppressed, pairs, ledger, sides: [old, young], shown });
  return {
    ...result,
    verdicts,
    claims: claimEntries(changes, ledger, operated, shown),
    changedObjects: changes.length,
    isUnreadable: result.findings.some(
      ({ ruleId, severity }) => ruleId === "document-not-yaml" && severity === "error",
    ),
    unreadBefore: old.notLinted.size,
    lostCharts: lostCharts(
      before.files.filter(({ uri }) => requested.has(uri)),
      project.files,
      (uri) => (uri.startsWith(`${before.input.root}/`) ? old.below(uri) : young.below(uri)),
    ),
    procedures: (apply) => planned(changes, verdicts, apply),
  };
}

/** The entry of a configuration that says of two objects that the one became the other, while it holds. */
function movedIn({ configs, input }: Project): (before: Resource, after: Resource) => MovedEntry | undefined {
  const entries = configs
    .flatMap((config) => config.moved)
    .filter(({ until }) => until === undefined || until >= input.today);
  const isNamed = (resource: Resource, { kind, namespace, name }: MovedEntry["from"]): boolean =>
    resource.kind === kind && resource.namespace === namespace && resource.name === name;
  return (before, after) => entries.find(({ from, to }) => isNamed(before, from) && isNamed(after, to));
}

function suppressionBy({ uri, span, reason, until }: MovedEntry): Suppression {
  return {
    by: "config",
    uri,
    span,
    ...(reason === undefined ? {} : { reason }),
    ...(until === undefined ? {} : { until }),
  };
}

const placeKey = (ruleId: string, { uri, span }: Location): string => `${ruleId} ${uri} ${span.start}`;
