import type { ImageReference } from "../../kube/image.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import type { ResourceIndex } from "../../kube/resource-index.ts";
import type { YamlNode } from "../../yaml/node.ts";
import type { Database } from "../model/database.ts";
import { meantObject } from "../model/meant-object.ts";
import { ownArchive, restoredArchive } from "./cnpg-archive.ts";

/**
 * `standard` and `minimal` images hold no barman-cloud programs, which the in-tree object store backup calls.
 * https://github.com/cloudnative-pg/postgres-containers#image-types
 */
export function lacksBarman(image: ImageReference | undefined): image is ImageReference {
  return image?.tag !== undefined && /-(standard|minimal)(-|$)/.test(image.tag);
}

/** The image without barman-cloud programs, and the in-tree store that needs them; undefined: nothing shows that they are missing. */
export function missingBarman({
  image,
  resource,
}: Database): { readonly image: ImageReference; readonly store: YamlNode } | undefined {
  const store = resource.node.at("spec", "backup", "barmanObjectStore");
  return store === undefined || !lacksBarman(image) ? undefined : { image, store };
}

/**
 * The archive to which a restored Cluster writes although it is restored from it, which is refused: no WAL is archived, and no base
 * backup starts. https://cloudnative-pg.io/documentation/current/recovery/#configure-the-backup-for-the-restored-cluster
 */
export function refusedArchive({
  annotations,
  name,
  node,
}: Resource): { readonly serverName: string; readonly at: YamlNode } | undefined {
  if (annotations["cnpg.io/skipEmptyWalArchiveCheck"] !== undefined) return undefined;
  const source = restoredArchive(node);
  const plugins = node.at("spec", "plugins")?.items() ?? [];
  const isArchiving =
    node.at("spec", "backup", "barmanObjectStore") !== undefined ||
    plugins.some((each) => each.boolean("isWALArchiver") === true);
  if (!isArchiving || source === undefined || source.place !== ownArchive(node, name)) return undefined;
  return hasPlaceholder(`${source.place} ${name}`) ? undefined : source;
}

/** The ObjectStore that a plugin of a Cluster names, where none is in view but one has nearly that name. */
export function misspeltStore(
  plugin: YamlNode | undefined,
  cluster: Resource,
  resources: ResourceIndex,
): { readonly name: string; readonly meant: string; readonly at: YamlNode } | undefined {
  const at = plugin?.at("parameters", "barmanObjectName");
  const name = at?.text();
  if (at === undefined || name === undefined) return undefined;
  const meant = meantObject(name, cluster, resources.ofKind("ObjectStore"))?.name;
  return meant === undefined ? undefined : { name, meant, at };
}
