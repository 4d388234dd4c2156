import type { ImageReference } from "../../kube/image.ts";

/**
 * `standard` and `minimal` images hold no barman-cloud programs, which the in-tree object store backup calls.
 * https://github.com/cloudnative-pg/postgres-containers#image-types
 */
export function lacksBarman(image: ImageReference | undefined): boolean {
  return image?.tag !== undefined && /-(standard|minimal)(-|$)/.test(image.tag);
}
