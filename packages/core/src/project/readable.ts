/** Folders that hold other people's code, or none. */
export const skippedFolders: ReadonlySet<string> = new Set([
  "node_modules",
  ".git",
  ".hg",
  ".svn",
  ".terraform",
  ".venv",
  "vendor",
]);

/** The names of a configuration. Of two in one folder the first applies. */
export const configNames: readonly string[] = [".dbops.yaml", ".dbops.yml", ".dbops.json"];

/** A configuration, in any folder. */
export function isConfigFile(uri: string): boolean {
  return configNames.includes(uri.slice(uri.lastIndexOf("/") + 1));
}

/** What may hold a manifest, by its name. */
export function mayHoldManifests(uri: string): boolean {
  return /\.(ya?ml|json)$/i.test(uri) || /(^|\/)Kustomization$/.test(uri);
}

/** A file of SQL: read where it is named or has changed, and the others of its folder as context. */
export function isSql(uri: string): boolean {
  return /\.sql$/i.test(uri);
}

/**
 * package.json, VS Code's tasks (which have a `kind`, and comments) and data are JSON too: a manifest has both of these keys, a
 * kustomization's JSON patch is a list of operations.
 */
export function isWorthReading(uri: string, text: string): boolean {
  if (/(^|\/)\.?dbops-baseline\.json$/.test(uri)) return false;
  if (!/\.json$/i.test(uri)) return true;
  const isManifest = /"kind"\s*:/.test(text) && /"apiVersion"\s*:/.test(text);
  return isManifest || (/^\s*\[/.test(text) && /"op"\s*:/.test(text) && /"path"\s*:/.test(text));
}
