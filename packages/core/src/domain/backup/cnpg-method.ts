import { groupOf } from "../../facts/kinds.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import type { YamlNode } from "../../yaml/node.ts";

/** What a backup of CloudNativePG asks for and its Cluster does not have. */
export interface MissingMethod {
  readonly method: string;
  /** Where `method`, or the name of the plugin, is written; undefined: the default is meant. */
  readonly written: YamlNode | undefined;
  /** The plugin that is asked for; undefined for methods of the operator itself. */
  readonly plugin: string | undefined;
  /** The plugins that the Cluster has. */
  readonly plugins: readonly string[];
}

/**
 * Why each run of a `Backup` or `ScheduledBackup` fails for this Cluster; undefined: nothing shows that it does.
 * https://cloudnative-pg.io/documentation/current/backup/#scheduled-backups
 */
export function missingMethod({ apiVersion, kind, node }: Resource, cluster: Resource): MissingMethod | undefined {
  if (groupOf(apiVersion) !== "postgresql.cnpg.io" || (kind !== "ScheduledBackup" && kind !== "Backup"))
    return undefined;
  const written = node.at("spec", "method");
  // The operator fills it in: https://github.com/cloudnative-pg/cloudnative-pg/issues/8445
  const method = written === undefined ? "barmanObjectStore" : (written.text() ?? "");
  const plugins = (cluster.node.at("spec", "plugins")?.items() ?? []).map((plugin) => plugin.text("name") ?? "");
  if (method === "plugin") {
    const at = node.at("spec", "pluginConfiguration", "name");
    const plugin = at?.text();
    if (plugin === undefined || [plugin, ...plugins].some(hasPlaceholder) || plugins.includes(plugin)) return undefined;
    return { method, written: at, plugin, plugins };
  }
  if (method !== "barmanObjectStore" && method !== "volumeSnapshot") return undefined;
  if (cluster.node.at("spec", "backup", method) !== undefined) return undefined;
  return { method, written, plugin: undefined, plugins };
}
