import { engineNames } from "../../facts/engines.ts";
import { shortImage } from "../../kube/image.ts";
import type { Resource } from "../../kube/resource.ts";
import type { Database } from "./database.ts";

/** `Service shop/orders` where the namespace is written, else `Service orders`. */
export function nameOf(resource: Resource): string {
  return `${resource.kind} ${shortName(resource)}`;
}

/** `shop/orders` where the namespace is written, else `orders`; `orders-…` for a generateName. */
export function shortName({ name, namespace }: Resource): string {
  const shown = name.endsWith("-") ? `${name}…` : name;
  return namespace === undefined ? shown : `${namespace}/${shown}`;
}

/** The object that a database is written as: a base that two overlays render is one. */
export function identityOf({ resource }: Database): string {
  return `${resource.document.file.uri} ${resource.node.span.start}`;
}

/** What a person calls the server: its image (`postgres:16`) or its engine. */
export function serverName(database: Database): string {
  return database.image === undefined || database.image.isTemplated
    ? engineNames[database.engine]
    : shortImage(database.image);
}

/** `both` of two, else `all 3`. */
export function all(number: number): string {
  return number === 2 ? "both" : `all ${number}`;
}

/** `1 Pod`, `3 Pods`. */
export function count(number: number, singular: string, plural = `${singular}s`): string {
  return `${number} ${number === 1 ? singular : plural}`;
}
