import type { Database } from "../domain/model/database.ts";
import { userOfImage } from "../facts/image-users.ts";
import { securityField } from "../kube/security.ts";
import type { Place } from "../yaml/node.ts";

/** The user as which a server runs, to whom its files belong. */
export interface DataOwner {
  readonly id: number;
  readonly at: Place;
  /** The entrypoint begins as root and steps down. */
  readonly isGivenFiles: boolean;
}

/** undefined: it is not known. */
export function ownerOf({ container, image }: Database): DataOwner | undefined {
  if (container === undefined || image === undefined || image.isTemplated) return undefined;
  const field = securityField(container, "runAsUser");
  const own = userOfImage(image.name, image.tag);
  const id = field?.integer();
  if (field !== undefined && id === undefined) return undefined;
  if (id !== undefined && id !== 0) return { id, at: field ?? image.node, isGivenFiles: false };
  return own === undefined ? undefined : { id: own.id, at: field ?? image.node, isGivenFiles: true };
}
