import type { Change, Verdict } from "../change/change.ts";
import { sideOf } from "../change/change.ts";
import { pairObjects } from "../change/pair.ts";
import { nameOf } from "../domain/model/names.ts";
import type { Resource } from "../kube/resource.ts";
import type { Project } from "../project/project.ts";
import type { Location } from "../rule/finding.ts";
import { assembleResult } from "./assemble-result.ts";
import { changesBetween, readSide } from "./changes.ts";
import { count } from "./count.ts";
import type { Draft } from "./drafts.ts";
import { faultsOf } from "./faults.ts";
import { activeRules, type LintInput } from "./lint.ts";
import type { LintResult, Suppression } from "./result.ts";
import { ruleLevels } from "./rule-levels.ts";
import { runRule } from "./run-rule.ts";
import { type ClaimEntry, claimEntries, type ObjectVerdict, verdictsOf } from "./verdicts.ts";

/** A run over two texts. `project` is the new one; `requested` and `origins` name files of both. */
export interface DiffInput extends LintInput {
  readonly before: Project;
  /** Verdicts that somebody accepts by name. */
  readonly allowed?: readonly AllowedVerdict[];
}

/** A verdict about one object that is accepted, and where that is written. */
export interface AllowedVerdict {
  readonly verdict: Verdict;
  readonly kind: string;
  /** undefined: not written there either. */
  readonly namespace: string | undefined;
  readonly name: string;
  readonly suppression: Suppression;
}

/** What a change of manifests does. What none of it speaks of is the same in both texts. */
export interface DiffResult extends LintResult {
  /** Gravest first: each object that changed, that was removed with its data, or of which nobody can say it. */
  readonly verdicts: readonly ObjectVerdict[];
  readonly claims: readonly ClaimEntry[];
  /** Objects that are not the same in both texts, or only in one of them. */
  readonly changedObjects: number;
  /** Documents of the old text that could not be read as whole objects: nothing is said of them. */
  readonly unreadBefore: number;
}

/**
 * Says what becomes of the objects and claims of one text when another takes its place. It sees two texts and no cluster: what is not
 * written in the old one counts as not there.
 */
export function diff(input: DiffInput): DiffResult {
  const { project, before, requested, allowed = [] } = input;
  const drafts: Draft[] = [];
  const faults = faultsOf(input, drafts);
  const old = readSide(before, requested, faults);
  const young = readSide(project, requested, faults);
  const pairs = pairObjects(old.placed, young.placed);
  const { changes, ledger } = changesBetween(pairs, old, young, requested);
  const rules = activeRules(project).filter(({ subject }) => subject === "change");
  const levelOf = ruleLevels(project);
  const reported = new Map<Change, Draft[]>();
  for (const change of changes) {
    const { resource, workspace } = sideOf(change);
    const unit = (young.builtOf(resource) ?? old.builtOf(resource))?.unit;
    if (unit === undefined) continue;
    const own: Draft[] = [];
    reported.set(change, own);
    for (const rule of rules) runRule(rule, [change], { workspace, unit, input, levelOf, isAsked: () => true }, own);
    drafts.push(...own);
  }
  const counts = { objects: 0, databases: 0, poolers: 0, clients: 0, migrations: 0, backups: 0, resolvedHosts: 0 };
  const counted = new Set<unknown>();
  for (const { workspace } of young.built) count(workspace, requested, counted, counts);
  const result = assembleResult(drafts, {
    input,
    rules,
    workspaces: young.built.map(({ workspace }) => workspace),
    notLinted: young.notLinted,
    counts,
    before,
    allow: ({ verdict, resource }) =>
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
  return {
    ...result,
    verdicts: verdictsOf({ changes, reported, isSuppressed, pairs, ledger, sides: [old, young], shown }),
    claims: claimEntries(changes, ledger, shown),
    changedObjects: changes.length,
    unreadBefore: old.notLinted.size,
  };
}

const placeKey = (ruleId: string, { uri, span }: Location): string => `${ruleId} ${uri} ${span.start}`;
