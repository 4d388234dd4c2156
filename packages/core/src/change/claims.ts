import { hasPlaceholder, integerFact } from "../kube/placeholder.ts";
import { parseQuantity } from "../kube/quantity.ts";
import type { Resource } from "../kube/resource.ts";
import { kindOf, type Pairs } from "./pair.ts";
import type { Acceptance } from "./refusals.ts";

/**
 * kept: it is used before and after. grown: kept, and its new size is larger. new: nothing in the old text has it, so it is empty unless an
 * earlier set left it. left-behind: it stays with its data, and no Pod uses it. deleted: what becomes of the volume is decided by its
 * reclaim policy.
 */
type Fate = "kept" | "grown" | "new" | "left-behind" | "deleted";

/** One claim and what becomes of it. */
export interface ClaimFate {
  readonly namespace: string | undefined;
  /** `data-orders-db-0` */
  readonly name: string;
  /** The StatefulSet that makes it, or the claim that is written by itself. */
  readonly owner: Resource;
  readonly fate: Fate;
  /** What deletes it: a field of the set's retention policy, or the deletion of the claim's own object. */
  readonly deletedBy?: "whenScaled" | "whenDeleted" | "object";
}

/** The claims in view, and the sets of which nobody can say it. */
export interface Ledger {
  readonly claims: readonly ClaimFate[];
  readonly unjudged: readonly Resource[];
}

/** The objects of two sides, with what the API server thinks of each pair. */
interface JudgedPairs extends Pairs {
  readonly both: readonly (Pairs["both"][number] & { readonly acceptance: Acceptance })[];
}

/**
 * What becomes of claims, those that StatefulSets make among them, when the new text is applied and what is only in the old one is deleted. A set
 * whose change the API server refuses keeps its claims. https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/
 */
export function ledgerOf({ both, onlyBefore, onlyAfter, ambiguous: doubts }: JudgedPairs): Ledger {
  const ambiguous = doubts.map(({ resource }) => resource);
  // A claim that is written by itself has what it was restored from, or what it held before.
  const all = [...both.flatMap(({ before, after }) => [before, after]), ...onlyBefore, ...onlyAfter, ...ambiguous];
  const written = new Set(all.flatMap((each) => (each.kind === "PersistentVolumeClaim" ? [each.name] : [])));
  const isWritten = (name: string): boolean => written.has(name);
  const claims: ClaimFate[] = [];
  const unjudged: Resource[] = ambiguous.filter(isSet);
  const add = (owner: Resource, names: Iterable<string>, fate: Fate, deletedBy?: ClaimFate["deletedBy"]): void => {
    const how = fate === "deleted" && deletedBy !== undefined ? { deletedBy } : {};
    for (const name of names) claims.push({ namespace: owner.namespace, name, owner, fate, ...how });
  };
  for (const { before, after, acceptance } of both.filter((pair) => isSet(pair.after))) {
    const { refusals, unjudged: open, isJudged } = acceptance;
    const old = claimsOf(before);
    const young = claimsOf(after);
    const gone = retention(after, "whenScaled");
    if (!isJudged || old === undefined) unjudged.push(after);
    else if (refusals.length > 0) add(after, old, "kept");
    else if (young === undefined || open.length > 0 || gone === undefined || without(young, old).some(isWritten))
      unjudged.push(after);
    else {
      add(after, intersection(old, young), "kept");
      add(after, without(young, old), "new");
      add(after, without(old, young), gone, "whenScaled");
    }
  }
  for (const set of onlyBefore.filter(isSet)) {
    const old = claimsOf(set);
    const gone = retention(set, "whenDeleted");
    if (old === undefined || gone === undefined) unjudged.push(set);
    else add(set, old, gone, "whenDeleted");
  }
  const before = new Set(claims.map(({ namespace, name }) => `${namespace}/${name}`));
  for (const set of onlyAfter.filter(isSet)) {
    const young = claimsOf(set);
    const isThere = (name: string): boolean => before.has(`${set.namespace}/${name}`) || isWritten(name);
    if (young === undefined || [...young].some(isThere)) unjudged.push(set);
    else add(set, young, "new");
  }
  for (const { before, after } of both.filter((pair) => isClaim(pair.after) && isWhole(pair.after)))
    add(after, [after.name], isGrown(before, after) ? "grown" : "kept");
  for (const claim of onlyBefore.filter(isClaim)) if (isWhole(claim)) add(claim, [claim.name], "deleted", "object");
  // One that a set uses by its name was made for what it holds.
  const ofSets = new Set(all.filter(isSet).flatMap((set) => [...(claimsOf(set) ?? [])]));
  for (const claim of onlyAfter.filter(isClaim))
    if (isWhole(claim) && !isFilled(claim) && !ofSets.has(claim.name)) add(claim, [claim.name], "new");
  return { claims, unjudged };
}

function isClaim(resource: Resource): boolean {
  return kindOf(resource) === "/PersistentVolumeClaim";
}

function isWhole({ isPartial, isUnsettled, name }: Resource): boolean {
  return !isPartial && !isUnsettled && name !== "" && !hasPlaceholder(name);
}

/** It names what it is made of. */
function isFilled({ node }: Resource): boolean {
  return ["dataSource", "dataSourceRef", "volumeName"].some((field) => node.at("spec", field) !== undefined);
}

const sizeOf = ({ node }: Resource): number | undefined =>
  parseQuantity(node.text("spec", "resources", "requests", "storage") ?? "");

function isGrown(before: Resource, after: Resource): boolean {
  return (sizeOf(after) ?? 0) > (sizeOf(before) ?? Number.POSITIVE_INFINITY);
}

/** A StatefulSet, the only kind that makes claims from templates here. */
export function isSet(resource: Resource): boolean {
  return kindOf(resource) === "apps/StatefulSet";
}

/** Names of the claims that a set makes; undefined: not known. */
export function claimsOf({ node, name, isPartial, isUnsettled }: Resource): ReadonlySet<string> | undefined {
  const replicas = integerFact(node, ["spec", "replicas"], 1).value;
  const start = integerFact(node, ["spec", "ordinals", "start"], 0).value;
  const templates = node.at("spec", "volumeClaimTemplates");
  const names = templates?.items().map((template) => template.text("metadata", "name")) ?? [];
  if (isPartial || isUnsettled || replicas === undefined || start === undefined || replicas > largestSet)
    return undefined;
  if (templates !== undefined && templates.kind !== "sequence" && templates.value !== null) return undefined;
  if ([name, ...names].some((each) => each === undefined || each === "" || hasPlaceholder(each))) return undefined;
  const ordinals = Array.from({ length: Math.max(0, replicas) }, (_, index) => start + index);
  return new Set(ordinals.flatMap((ordinal) => names.map((template) => `${template}-${name}-${ordinal}`)));
}

/** A number of replicas beyond this is a slip of the keyboard, and its claims are not listed. */
const largestSet = 1000;

/** What a set does with claims that it no longer needs; undefined: the policy is filled in later. */
export function retention({ node }: Resource, when: "whenScaled" | "whenDeleted"): Fate | undefined {
  const policy = node.at("spec", "persistentVolumeClaimRetentionPolicy", when)?.value ?? "Retain";
  return policy === "Delete" ? "deleted" : policy === "Retain" ? "left-behind" : undefined;
}

function intersection(some: ReadonlySet<string>, others: ReadonlySet<string>): readonly string[] {
  return [...some].filter((each) => others.has(each));
}

function without(some: ReadonlySet<string>, others: ReadonlySet<string>): readonly string[] {
  return [...some].filter((each) => !others.has(each));
}
