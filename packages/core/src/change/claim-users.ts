import { namespacesAgree } from "../kube/namespace.ts";
import type { Resource } from "../kube/resource.ts";
import type { ResourceIndex } from "../kube/resource-index.ts";
import type { Workload } from "../kube/workload.ts";
import { groupBy } from "../text/group-by.ts";
import { oncePer } from "../text/once.ts";
import type { Side } from "./change.ts";
import { claimsNamedIn, isOpenHolder, mayHoldClaim } from "./claims.ts";

/** A workload whose Pods use a claim. */
export interface ClaimUser {
  readonly workload: Workload;
  /** The name of a claim that it mounts is filled in later, and may be that of one of these. */
  readonly isCertain: boolean;
}

const holdersIn = oncePer((resources: ResourceIndex) => {
  const workloads = [...resources].filter(({ workload }) => workload !== undefined);
  return { byClaim: groupBy(workloads, claimsNamedIn), open: workloads.filter(isOpenHolder) };
});

/** What else uses claims of a server in one text, in any unit: the volumes are not free before all of it is stopped. */
export function usersOfClaims(claims: readonly string[], { resource: server, workspace }: Side): readonly ClaimUser[] {
  const { byClaim, open } = holdersIn(workspace.everything.resources);
  // A base is in every overlay.
  const keyOf = ({ kind, namespace, name }: Resource): string => `${kind} ${namespace} ${name}`;
  const found = new Map<string, ClaimUser>();
  const add = (resource: Resource, isCertain: boolean): void => {
    const { workload } = resource;
    const key = keyOf(resource);
    if (workload === undefined || key === keyOf(server) || !namespacesAgree(resource, server)) return;
    if (!found.has(key)) found.set(key, { workload, isCertain });
  };
  for (const claim of claims) for (const resource of byClaim.get(claim) ?? []) add(resource, true);
  for (const resource of open) if (claims.some((claim) => mayHoldClaim(resource, claim))) add(resource, false);
  return [...found.values()];
}
