import { hasPlaceholder } from "../kube/placeholder.ts";
import type { Side } from "./change.ts";
import { claimsOfTemplate, isSet } from "./claims.ts";
import { dataPlaceOf } from "./data-place.ts";

/** The claims that hold a server's data directory, Pod by Pod; undefined: none does, or which ones is not known. */
export function dataClaimsOf({ resource, database }: Side): readonly string[] | undefined {
  const volume = database?.dataDirectory?.mount?.volume;
  const { source, sourceName, name } = volume ?? {};
  if (source === "claim" && sourceName !== undefined && !hasPlaceholder(sourceName)) return [sourceName];
  if (source !== "claim-template" || !isSet(resource)) return undefined;
  const claims = claimsOfTemplate(resource, name ?? "");
  return claims.length === 0 ? undefined : claims;
}

/** Where a server's data goes that is known to be on no claim. */
export type OffClaims =
  | { readonly state: "elsewhere"; readonly volume: string }
  /** Its container mounts a volume that its Pods do not have. */
  | { readonly state: "dangling"; readonly volume: string };

/** undefined: it is on a claim, or that is not known. */
export function offClaims({ resource, database }: Side): OffClaims | undefined {
  if (database === undefined || resource.isUnsettled || resource.isPartial) return undefined;
  const { mount } = database.dataDirectory ?? {};
  if (mount !== undefined && mount.volume === undefined) {
    const volume = mount.node.string("name");
    return volume === undefined || hasPlaceholder(volume) ? undefined : { state: "dangling", volume };
  }
  const place = dataPlaceOf(database);
  const isOnClaim = mount?.volume?.source === "claim" || mount?.volume?.source === "claim-template";
  return place === undefined || isOnClaim ? undefined : { state: "elsewhere", volume: place.volume };
}
