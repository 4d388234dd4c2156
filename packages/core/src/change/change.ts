import type { Database } from "../domain/model/database.ts";
import type { Workspace } from "../domain/model/workspace.ts";
import type { Resource } from "../kube/resource.ts";
import type { Place } from "../yaml/node.ts";
import type { ClaimFate } from "./claims.ts";
import type { Acceptance } from "./refusals.ts";
import type { Restart } from "./restarts.ts";

/**
 * What becomes of one object when the new text is applied, and what is only in the old one is deleted. `removed`: it goes, and its data
 * stays. `stops`: it stays, and no Pod of it runs. `loses-instances`: its operator deletes some of them with their claims, and the others go
 * on. `unknown`: which it is depends on what is not in view.
 */
export type Verdict =
  | "applies-in-place"
  | "unknown"
  | "restarts"
  | "loses-instances"
  | "stops"
  | "removed"
  | "starts-empty"
  | "does-not-start"
  | "destroys-data"
  | "refused";

/** From the mildest to the one that is said when several are true: what is refused does nothing else. */
export const verdicts: readonly Verdict[] = [
  "applies-in-place",
  "unknown",
  "restarts",
  "loses-instances",
  "stops",
  "removed",
  "starts-empty",
  "does-not-start",
  "destroys-data",
  "refused",
];

/** The one that is said of several. */
export function gravest(said: readonly Verdict[]): Verdict {
  return verdicts.findLast((each) => said.includes(each)) ?? "applies-in-place";
}

/** An object in one of the texts. */
export interface Side {
  readonly resource: Resource;
  /** The server that it runs or describes. */
  readonly database: Database | undefined;
  readonly workspace: Workspace;
}

/** Why an object that is still written in the new text is applied no more. */
export interface LeftOut {
  /** A sentence without its stop that can go on: `kustomization shop no longer lists orders.yaml`. */
  readonly because: string;
  /** What lost it, in the new text. */
  readonly at: Place | undefined;
  /** Others still apply it: it goes where the one that is gone was applied. */
  readonly isShared?: boolean;
}

/** An object that is not the same in both texts. */
export interface Change {
  readonly before: Side | undefined;
  readonly after: Side | undefined;
  /** The sides have different names, namespaces or kinds: one was taken out, and the other looks like it. */
  readonly isRenamed: boolean;
  readonly acceptance: Acceptance;
  /** It is in both texts, and only the old one applied it: it counts as removed. */
  readonly leftOut: LeftOut | undefined;
  /** undefined: its Pods stay as they are, or nobody can say. */
  readonly restart: Restart | undefined;
  /** Of the claims that it makes or is. */
  readonly claims: readonly ClaimFate[];
  readonly among: Comparison;
}

/** A claim by its name. */
export interface ClaimRef {
  readonly namespace: string | undefined;
  readonly name: string;
}

/** All that was compared, for what depends on other objects. */
export interface Comparison {
  /** Objects of the new text, changed or not, that are the claim, mount it, make it from a template or are filled from it. */
  holdersOf(claim: ClaimRef): readonly Resource[];
  /** The same of those that may be or use it under a name that is filled in later. */
  possibleHoldersOf(claim: ClaimRef): readonly Resource[];
  /** The other side of an object; undefined: only one text has it, or which it is is not known. */
  otherSideOf(resource: Resource): Side | undefined;
  /** undefined: it is the same in both texts. */
  changeOf(resource: Resource): Change | undefined;
}

/** The side that is shown: the new one where there is one. */
export function sideOf({ before, after }: Change): Side {
  const side = after ?? before;
  if (side === undefined) throw new Error("a change has a side");
  return side;
}

/** A sentence about an object that is gone, after the reason where its file is still there. */
export function leaving({ leftOut }: Pick<Change, "leftOut">, says: string): string {
  if (leftOut === undefined) return says;
  return `${capital(leftOut.because)}: ${leftOut.isShared === true ? "where it was applied, " : ""}${says}`;
}

/** The first word of a sentence. */
export function capital(sentence: string): string {
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}`;
}

/** Where a finding about an object that is gone has to be repaired. */
export function leavingFrom({
  leftOut,
}: Pick<Change, "leftOut">): readonly { readonly message: string; readonly at: Place }[] {
  return leftOut?.at === undefined ? [] : [{ message: "was applied by this", at: leftOut.at }];
}
