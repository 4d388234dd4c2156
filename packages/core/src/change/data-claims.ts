import { hasPlaceholder } from "../kube/placeholder.ts";
import type { Side } from "./change.ts";
import { claimsOf, isSet } from "./claims.ts";

/** The claims that hold a server's data directory, Pod by Pod; undefined: none does, or which ones is not known. */
export function dataClaimsOf({ resource, database }: Side): readonly string[] | undefined {
  const volume = database?.dataDirectory?.mount?.volume;
  const { source, sourceName, name } = volume ?? {};
  if (source === "claim" && sourceName !== undefined && !hasPlaceholder(sourceName)) return [sourceName];
  if (source !== "claim-template" || !isSet(resource)) return undefined;
  const claims = [...(claimsOf(resource) ?? [])].filter((claim) => claim.startsWith(`${name}-${resource.name}-`));
  return claims.length === 0 ? undefined : claims;
}
