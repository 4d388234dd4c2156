import { hasPlaceholder } from "../../kube/placeholder.ts";
import type { Database } from "../model/database.ts";

/** Nothing but the publisher's own image of PostgreSQL: no library or extension from elsewhere. */
export function isPlainImage({ image, operator, resource, container }: Database): boolean {
  if (operator?.name === "cloudnative-pg") {
    const { node } = resource;
    if (node.at("spec", "imageCatalogRef") !== undefined || node.at("spec", "postgresql", "extensions") !== undefined)
      return false;
    return image === undefined || (!image.isTemplated && image.repository === "ghcr.io/cloudnative-pg/postgresql");
  }
  if (operator !== undefined || image === undefined || image.isTemplated || image.name !== "postgres") return false;
  if (image.registry !== undefined && image.registry !== "docker.io") return false;
  return (
    container?.overridesEntrypoint === false && !container.mounts.some(({ mountPath }) => holdsPrograms(mountPath))
  );
}

function holdsPrograms(path: string): boolean {
  return hasPlaceholder(path) || path.startsWith("/usr") || path.startsWith("/opt") || path.startsWith("/lib");
}
