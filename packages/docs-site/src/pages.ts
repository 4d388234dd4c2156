// Which file of the repository is which page of the site.
import { allRules, builtInRules, categoryOf } from "@dbops/core";

/** Pages of the site alone; everything else is a page of the repository, where it lies. */
const own = "packages/docs-site/pages/";

const folderOfRule = new Map(
  [...allRules, ...builtInRules].map(({ id }) => [`docs/rules/${id}.md`, categoryOf(id) ?? "dbops-itself"]),
);

/** Glob patterns of Markdown that is no page here. The site has an index of rules of its own. */
export const notPages = [
  "!(docs|packages|README.md|CONTRIBUTING.md|SECURITY.md|CHANGELOG.md)/**",
  "packages/!(docs-site)/**",
  "docs/rules/README.md",
];

/** `docs/ci.md` → `ci.md`. Rules are in the folder of their subject, so that each subject has a side bar. */
export function pagePath(file: string): string {
  const folder = folderOfRule.get(file);
  if (folder !== undefined) return file.replace("docs/rules/", `rules/${folder}/`);
  if (file === "docs/rules/README.md") return "rules/index.md";
  if (file === "README.md") return "overview.md";
  if (file.startsWith(own)) return file.slice(own.length);
  if (file.startsWith("docs/")) return file.slice("docs/".length).replace(/README\.md$/, "index.md");
  return file.toLowerCase();
}

/** Whether a file of the repository is a page of the site. */
export function isPage(file: string): boolean {
  return /^(?:docs\/|packages\/docs-site\/pages\/).*\.md$|^(?:README|CONTRIBUTING|SECURITY|CHANGELOG)\.md$/.test(file);
}
