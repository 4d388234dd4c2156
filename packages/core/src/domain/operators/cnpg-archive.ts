import type { YamlNode } from "../../yaml/node.ts";

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
