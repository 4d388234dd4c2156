import type { Database } from "../domain/model/database.ts";
import type { Workspace } from "../domain/model/workspace.ts";
import type { Resource } from "../kube/resource.ts";
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

/** An object that is not the same in both texts. */
export interface Change {
  readonly before: Side | undefined;
  readonly after: Side | undefined;
  /** The sides have different names, namespaces or kinds: one was taken out, and the other looks like it. */
  readonly isRenamed: boolean;
  readonly acceptance: Acceptance;
  /** undefined: its Pods stay as they are, or nobody can say. */
  readonly restart: Restart | undefined;
  /** Of the claims that it makes or is. */
  readonly claims: readonly ClaimFate[];
  readonly among: Comparison;
}

/** All that was compared, for what depends on other objects. */
export interface Comparison {
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
