import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { root, succeed } from "./folders.ts";

/** The path that the tests' site has on its server: not that of the root, which links would get right by chance. */
export const siteBase = "/dbops/";

/** Whose texts are in the site. */
const sources = [
  "docs",
  "examples",
  "package.json",
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "CHANGELOG.md",
  "packages/core/src",
  "packages/docs-site",
].map((name) => path.join(root, name));

const foreign = new Set(["dist", "node_modules"]);

function newest(name: string): number {
  if (foreign.has(path.basename(name))) return 0;
  const stats = statSync(name);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(0, ...readdirSync(name).map((each) => newest(path.join(name, each))));
}

/** The folder of the built site; it is built where it is missing, older than its sources, or meant for another path. */
export function builtSite(): string {
  const dist = path.join(root, "packages/docs-site/dist");
  const home = path.join(dist, "index.html");
  const isBuilt =
    existsSync(home) &&
    statSync(home).mtimeMs > Math.max(...sources.map(newest)) &&
    readFileSync(home, "utf8").includes(`href="${siteBase}icon.png"`);
  if (!isBuilt) succeed(process.execPath, ["--import", "tsx", "packages/docs-site/build.ts", "--base", siteBase]);
  return dist;
}
