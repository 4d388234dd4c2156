import { backupImages, taggedByClient } from "../../facts/programs.ts";
import type { ImageReference } from "../../kube/image.ts";
import { serverImageOf, versionFromImage } from "../database/server-container.ts";

/** The major version of PostgreSQL's client programs in an image; undefined: not known. */
export function clientMajorOf(image: ImageReference): number | undefined {
  const family = serverImageOf(image);
  const version =
    family?.engine === "postgresql"
      ? versionFromImage(image, family)
      : taggedByClient.test(image.name) && !image.isTemplated
        ? image.tag
        : undefined;
  const major = /^\d+/.exec(version ?? "")?.[0];
  return major === undefined ? undefined : Number(major);
}

/** Whether an image is made to back up PostgreSQL, and nothing says with which client. */
export function hidesItsClient(image: ImageReference): boolean {
  return (
    backupImages.test(image.name) &&
    /postgres|pg|db-backup|backup-container/.test(image.name) &&
    clientMajorOf(image) === undefined
  );
}
