import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { GeneratedFile } from "./generated-file.ts";

/** The version of everything that is published: package.json of the root is the only place where a person writes it. */
export function versionOf(root: string): string {
  return (JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { readonly version: string }).version;
}

/** The text with the version where it tells people which one to use: `rev: v1.2.3`, `dbops@v1.2.3`, `"1.2.3" # the version of dbops`. */
export function withVersion(text: string, version: string): string {
  return text
    .replace(/(\b(?:rev|ref): v|dbops@v?|vscode-dbops-)\d+\.\d+\.\d+\b/g, `$1${version}`)
    .replace(/(")\d+\.\d+\.\d+(" # the version of dbops\b)/g, `$1${version}$2`);
}

/** The other package.json files, and what is no page but names the version. */
export function versionedFiles(root: string): readonly GeneratedFile[] {
  const version = versionOf(root);
  const read = (name: string): string => readFileSync(path.join(root, name), "utf8");
  const packages = ["tools", ...readdirSync(path.join(root, "packages")).map((name) => `packages/${name}`)]
    .map((folder) => `${folder}/package.json`)
    .filter((name) => existsSync(path.join(root, name)));
  const integrations = ["action.yml", "ci/gitlab.yml"].filter((name) => existsSync(path.join(root, name)));
  return [
    ...packages.map((name) => ({
      path: name,
      text: read(name).replace(/^( {2}"version": ")[^"]*/m, (_whole, start: string) => start + version),
    })),
    ...integrations.map((name) => ({ path: name, text: withVersion(read(name), version) })),
  ];
}
