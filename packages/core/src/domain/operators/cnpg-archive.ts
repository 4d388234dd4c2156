import { hasPlaceholder } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import { directoryPath } from "../../text/scan.ts";
import type { YamlNode } from "../../yaml/node.ts";
import { whereStoreIs } from "../storage/object-store.ts";

/** Where a cluster archives; its name is the server's where none is written. */
export function ownArchive(node: YamlNode, name: string): string | undefined {
  const plugin = node
    .at("spec", "plugins")
    ?.items()
    .find((each) => each.at("parameters") !== undefined);
  return placeOf(plugin?.at("parameters"), node.at("spec", "backup", "barmanObjectStore"), name)?.place;
}

interface Archive {
  /** A store and a folder in it: equal texts are one archive. */
  readonly place: string;
  readonly serverName: string;
}

/** The archive from which it is bootstrapped; undefined: from none, or it is not known. */
export function restoredArchive(node: YamlNode): (Archive & { readonly at: YamlNode }) | undefined {
  const at = node.at("spec", "bootstrap", "recovery", "source");
  const name = at?.text();
  const source = node
    .at("spec", "externalClusters")
    ?.items()
    .find((each) => each.text("name") === name);
  if (at === undefined || name === undefined || source === undefined) return undefined;
  const archive = placeOf(source.at("plugin", "parameters"), source.at("barmanObjectStore"), name);
  return archive && { ...archive, at };
}

function placeOf(plugin: YamlNode | undefined, store: YamlNode | undefined, name: string): Archive | undefined {
  const serverName = plugin?.text("serverName") ?? store?.text("serverName") ?? name;
  const object = plugin?.text("barmanObjectName");
  const path = store?.text("destinationPath");
  if (object !== undefined) return { place: `object ${object} ${serverName}`, serverName };
  if (path === undefined) return undefined;
  return { place: `${store?.text("endpointURL") ?? ""} ${path} ${serverName}`, serverName };
}

/**
 * The folder in a bucket where a Cluster archives, the same text for all that write there, whatever their namespace; undefined: it
 * archives nothing or inside its own cluster, or a part of it is not in view.
 */
export function archiveFolder(
  { node, name }: Resource,
  find: (store: string) => Resource | undefined,
): string | undefined {
  const plugin = (node.at("spec", "plugins")?.items() ?? []).find((each) => each.boolean("isWALArchiver") === true);
  const object = plugin?.text("parameters", "barmanObjectName");
  const store =
    object === undefined
      ? node.at("spec", "backup", "barmanObjectStore")
      : find(object)?.node.at("spec", "configuration");
  const path = store?.text("destinationPath");
  // `http://minio:9000` is another store in each namespace and cluster.
  if (store === undefined || path === undefined || whereStoreIs(store.text("endpointURL"), store).value !== "off-site")
    return undefined;
  const server =
    plugin?.text("parameters", "serverName") ?? (plugin === undefined ? store.text("serverName") : undefined);
  const folder = `${directoryPath(path)}/${server ?? name} at ${directoryPath(store.text("endpointURL") ?? "")}`;
  return hasPlaceholder(folder) || folder.includes("$") ? undefined : folder;
}
