import { nameOf } from "../domain/model/names.ts";
import type { Change, Side } from "./change.ts";
import { mountedClaims } from "./claims.ts";
import { dataClaimsOf } from "./data-claims.ts";

/** The claims of an object that was taken out. */
export interface GoneClaims {
  /** Nothing of the new text has a use for them. */
  readonly erased: readonly string[];
  readonly kept: readonly KeptClaim[];
}

interface KeptClaim {
  readonly name: string;
  /** Why it stays, as a sentence without its end. */
  readonly because: string;
  /** It holds the data of what was taken out, or was made for it. */
  readonly isItsOwn: boolean;
}

/**
 * Of the claims that it made, keeps its data on, or mounts: those that go are its own, or were taken out with it. One that the new text has,
 * mounts or makes stays, and so does one of which that is not known.
 */
export function goneClaims(before: Side, change: Change): GoneClaims {
  const own = new Set([...change.claims.map(({ name }) => name), ...(dataClaimsOf(before) ?? [])]);
  const erased: string[] = [];
  const kept: KeptClaim[] = [];
  for (const name of new Set([...own, ...mountedClaims(before.resource)])) {
    const isItsOwn = own.has(name);
    const because = whyItStays(name, isItsOwn, before, change);
    if (because === undefined) erased.push(name);
    else kept.push({ name, because, isItsOwn });
  }
  return { erased, kept };
}

function whyItStays(
  name: string,
  isItsOwn: boolean,
  { resource, workspace }: Side,
  { among }: Change,
): string | undefined {
  const holders = among.holdersOf({ namespace: resource.namespace, name });
  const user =
    holders.find(({ kind }) => kind !== "PersistentVolumeClaim") ?? holders.find((each) => each.name !== name);
  if (user !== undefined)
    return `${nameOf(user)} uses claim ${name}${among.otherSideOf(user) === undefined ? " from now on" : ""}`;
  if (holders.length > 0) return `claim ${name} stays in the new text`;
  const [possible] = among.possibleHoldersOf({ namespace: resource.namespace, name });
  if (possible !== undefined)
    return `${nameOf(possible)} may ${possible.kind === "PersistentVolumeClaim" ? "be" : "use"} claim ${name} (a name in it is filled in later)`;
  const written =
    resource.kind === "PersistentVolumeClaim"
      ? resource
      : workspace.everything.resources.find("PersistentVolumeClaim", name, resource);
  if (written === undefined) return isItsOwn ? undefined : `claim ${name} is in neither text`;
  const fate = among.changeOf(written);
  return fate !== undefined && fate.after === undefined ? undefined : `claim ${name} may still be in the new text`;
}
