import { hasPlaceholder, integerFact, withoutPlaceholders } from "../kube/placeholder.ts";
import type { Resource } from "../kube/resource.ts";
import { opaque } from "../yaml/fact.ts";
import type { ClaimRef } from "./change.ts";
import { compare } from "./compare.ts";
import { kindOf, type Pairs } from "./pair.ts";
import type { Acceptance } from "./refusals.ts";

/**
 * kept: it is used before and after. grown: kept, and its new size is larger. new: nothing in the old text has it, so it is empty unless an
 * earlier set left it. used-again: the cluster has it, with what was left on it, and no Pod used it. left-behind: it stays with its data, and no Pod uses it. deleted: what becomes of the volume is decided by its
 * reclaim policy.
 */
type Fate = "kept" | "grown" | "new" | "used-again" | "left-behind" | "deleted";

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

/** Whether a cluster has a claim that no manifest need write; undefined: its claims could not be read. */
export type ClaimIsThere = (claim: ClaimRef) => boolean | undefined;

/** The objects of two sides, with what the API server thinks of each pair. */
interface JudgedPairs extends Pairs {
  readonly both: readonly (Pairs["both"][number] & { readonly acceptance: Acceptance; readonly isGrown: boolean })[];
  /** Of a cluster. */
  readonly isThere?: ClaimIsThere | undefined;
}

/**
 * What becomes of claims, those that StatefulSets make among them, when the new text is applied and what is only in the old one is deleted. A set
 * whose change the API server refuses keeps its claims. https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/
 */
export function ledgerOf({ both, onlyBefore, onlyAfter, ambiguous: doubts, isThere }: JudgedPairs): Ledger {
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
  /** Claims that a set makes from now on: the cluster may have kept them from before. */
  const addMade = (set: Resource, names: readonly string[]): void => {
    const known = names.map((name) => isThere?.({ namespace: set.namespace, name }));
    if (isThere !== undefined && known.includes(undefined)) unjudged.push(set);
    else
      for (const fate of ["new", "used-again"] as const)
        add(
          set,
          names.filter((_name, index) => (known[index] === true) === (fate === "used-again")),
          fate,
        );
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
      addMade(after, without(young, old));
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
    const isTold = (name: string): boolean => before.has(`${set.namespace}/${name}`) || isWritten(name);
    if (young === undefined || [...young].some(isTold)) unjudged.push(set);
    else addMade(set, [...young]);
  }
  for (const { after, isGrown } of both.filter((pair) => isClaim(pair.after) && isWhole(pair.after)))
    add(after, [after.name], isGrown ? "grown" : "kept");
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

/** A StatefulSet, the only kind that makes claims from templates here. */
export function isSet(resource: Resource): boolean {
  return kindOf(resource) === "apps/StatefulSet";
}

/** Names of the claims of which an object is one, or which it mounts, makes or is filled from. */
export function claimsNamedIn(resource: Resource): readonly string[] {
  const { node, workload, name } = resource;
  const mounted = mountedClaims(resource);
  const made = isSet(resource) ? [...(claimsOf(resource) ?? [])] : [];
  if (workload !== undefined || !isClaim(resource)) return [...mounted, ...made];
  const sources = ["dataSource", "dataSourceRef"].flatMap((field) =>
    node.text("spec", field, "kind") === "PersistentVolumeClaim" ? (node.text("spec", field, "name") ?? []) : [],
  );
  return [name, ...sources];
}

/** Names of the claims that Pods of a workload mount by their names. */
export function mountedClaims({ workload }: Resource): readonly string[] {
  return (workload?.volumes ?? []).flatMap(({ source, sourceName }) =>
    source === "claim" && sourceName !== undefined ? [sourceName] : [],
  );
}

/**
 * Whether an object may be a claim, its Pods may mount it, or a set may make it, under a name that is filled in later: `${CLAIM}`, `data-${NAME}-0`, or that of
 * a set of which nobody can say how many Pods it has.
 */
export function mayHoldClaim(resource: Resource, claim: string): boolean {
  return openClaimsIn(resource).some((text) => mayBecome(text, claim));
}

/** It may hold claims of which the names are not known. */
export function isOpenHolder(resource: Resource): boolean {
  return openClaimsIn(resource).length > 0;
}

function openClaimsIn(resource: Resource): readonly string[] {
  const templates =
    isSet(resource) && claimsOf(resource) === undefined
      ? (resource.node.at("spec", "volumeClaimTemplates")?.items() ?? [])
      : [];
  return [
    ...claimsNamedIn(resource).filter(hasPlaceholder),
    ...templates.map((template) => `${template.text("metadata", "name") ?? anything}-${resource.name}-${anything}`),
  ];
}

const anything = "$" + "{}";

/** Whether a text whose placeholders are filled in can be this name. */
function mayBecome(text: string, name: string): boolean {
  const clear = withoutPlaceholders(text);
  if (clear === undefined) return true;
  const [first = "", ...rest] = clear.split(opaque);
  return rest.length === 0 ? clear === name : name.startsWith(first) && name.endsWith(rest.at(-1) ?? "");
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

/** Whether both sides say the same of what claims there are, whatever is filled in or patched later. */
export function haveSameClaims(before: Resource, after: Resource): boolean {
  const fields = ["replicas", "ordinals", "volumeClaimTemplates", "persistentVolumeClaimRetentionPolicy"];
  return (
    before.name === after.name &&
    fields.every(
      (field) => compare(before.node.at("spec", field)?.value, after.node.at("spec", field)?.value) === "same",
    )
  );
}

/** A number of replicas beyond this is a slip of the keyboard, and its claims are not listed. */
const largestSet = 1000;

/** What a set does with claims that it no longer needs; undefined: the policy is filled in later. */
function retention({ node }: Resource, when: "whenScaled" | "whenDeleted"): Fate | undefined {
  const policy = node.at("spec", "persistentVolumeClaimRetentionPolicy", when)?.value ?? "Retain";
  return policy === "Delete" ? "deleted" : policy === "Retain" ? "left-behind" : undefined;
}

/** Those of its claims that a set makes from one of its templates, ordinal by ordinal; empty: none, or not known. */
export function claimsOfTemplate(set: Resource, template: string): readonly string[] {
  return [...(claimsOf(set) ?? [])].filter((claim) => claim.startsWith(`${template}-${set.name}-`));
}

/** The set's own policy deletes claims in that case, or whether it does is not known. */
export function mayDeleteClaims(set: Resource, when: "whenScaled" | "whenDeleted"): boolean {
  return isSet(set) && retention(set, when) !== "left-behind";
}

function intersection(some: ReadonlySet<string>, others: ReadonlySet<string>): readonly string[] {
  return [...some].filter((each) => others.has(each));
}

function without(some: ReadonlySet<string>, others: ReadonlySet<string>): readonly string[] {
  return [...some].filter((each) => !others.has(each));
}
