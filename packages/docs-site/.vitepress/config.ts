import { readFileSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { allRules, categories, categoryOf } from "@dbops/core";
import { type DefaultTheme, defineConfig } from "vitepress";
import { siteLinks } from "../src/links.ts";
import { notPages, pagePath } from "../src/pages.ts";
import { pitchOf } from "../src/pitch.ts";

const site = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const root = path.resolve(site, "../..");
const read = (file: string): string => readFileSync(path.join(root, file), "utf8");
const { homepage: homePage = "" } = JSON.parse(read("package.json")) as { readonly homepage?: string };
/** The path that the site will have on its server. */
const base = process.env.DBOPS_SITE_BASE ?? "/";

const page = (text: string, file: string): DefaultTheme.SidebarItem => ({
  text,
  link: `/${pagePath(file)}`.replace(/(?:index)?\.md$/, ""),
});

const guides = (): DefaultTheme.SidebarItem => ({
  text: "Guides",
  items: [
    page("StatefulSet or Deployment", "docs/guides/statefulset-or-deployment.md"),
    page("One name per Pod", "docs/guides/one-name-per-pod.md"),
    page("Claims and reclaim policies", "docs/guides/claims.md"),
    page("Before you delete a claim", "docs/guides/before-you-delete-a-claim.md"),
    page("Backups and restore tests", "docs/guides/backups-and-restore-tests.md"),
    page("Migrations without downtime", "docs/guides/migrations.md"),
    page("PgBouncer's arithmetic", "docs/guides/pgbouncer.md"),
    page("Operators", "docs/guides/operators.md"),
  ],
});

const manual: readonly DefaultTheme.SidebarItem[] = [
  {
    text: "Start",
    items: [
      page("Overview", "README.md"),
      page("Install", "docs/install.md"),
      page("Configuration", "docs/configuration.md"),
      page("CI and hooks", "docs/ci.md"),
      page("VS Code", "docs/vscode.md"),
      page("Other editors", "docs/editors.md"),
    ],
  },
  guides(),
  {
    text: "Verbs",
    items: [
      page("diff", "docs/diff.md"),
      page("plan", "docs/plan.md"),
      page("backups", "docs/backups.md"),
      page("release", "docs/release.md"),
      page("SQL", "docs/sql.md"),
      page("scan", "docs/scan.md"),
      page("pvc", "docs/pvc.md"),
      page("policy", "docs/policy.md"),
    ],
  },
  {
    text: "Contribute",
    collapsed: true,
    items: [
      page("Contributing", "CONTRIBUTING.md"),
      page("Architecture", "docs/architecture.md"),
      page("A rule", "docs/writing-rules.md"),
      page("An operator", "docs/adding-an-operator.md"),
      page("A verb", "docs/adding-a-verb.md"),
      page("A host", "docs/adding-a-host.md"),
      page("A chart", "docs/adding-a-chart.md"),
      page("Decisions", "docs/adr/README.md"),
    ],
  },
];

/** All subjects, that of the page with its rules. */
const rulesOf = (shown: string): DefaultTheme.SidebarItem[] => [
  {
    text: "Rules",
    items: categories.map((category) => ({
      text: category,
      link: `/rules/#${category}`,
      ...(category === shown
        ? {
            items: allRules
              .filter(({ id }) => categoryOf(id) === category)
              .map(({ id }) => page(id, `docs/rules/${id}.md`)),
          }
        : {}),
    })),
  },
];

/** What a search is for are the words: the manifests of 400 examples have them all, and so have the addresses below them. */
const wordsOf = (text: string): string =>
  text.replace(/^(```|~~~).*\n(?:(?!\1).*\n)*\1.*$/gm, "").replace(/^## Sources\n[\s\S]*/m, "");

export default defineConfig({
  title: "dbops",
  description: "Lints database operations on Kubernetes",
  lang: "en-US",
  srcDir: root,
  srcExclude: notPages,
  outDir: path.join(site, "dist"),
  cacheDir: path.join(site, "node_modules/.cache/vitepress"),
  rewrites: pagePath,
  base,
  head: [["link", { rel: "icon", href: `${base}icon.png` }]],
  buildEnd: ({ outDir }) =>
    copyFile(path.join(root, "packages/vscode-dbops/images/icon.png"), path.join(outDir, "icon.png")),
  lastUpdated: false,
  // The site data names every rule: once for all pages, not in each.
  metaChunk: true,
  // The playground promises that nothing is asked of a server once it is there.
  router: { prefetchLinks: false },
  markdown: { config: (md) => siteLinks(md, root, homePage) },
  transformPageData: (data) => {
    if (data.relativePath === "index.md") data.frontmatter.hero.tagline = pitchOf(read("README.md"));
  },
  vite: {
    publicDir: false,
    build: { chunkSizeWarningLimit: 3000 },
    worker: { format: "es" },
  },
  themeConfig: {
    nav: [
      { text: "Guides", link: "/guides/statefulset-or-deployment", activeMatch: "^/guides/" },
      { text: "Rules", link: "/rules/", activeMatch: "^/rules/" },
      { text: "Playground", link: "/playground" },
      { text: "Install", link: "/install" },
    ],
    sidebar: {
      "/rules/": rulesOf(""),
      ...Object.fromEntries(categories.map((category) => [`/rules/${category}/`, rulesOf(category)])),
      "/": [...manual],
    },
    outline: { level: [2, 3] },
    search: {
      provider: "local",
      options: { _render: (text, env, md) => md.render(wordsOf(text), env) },
    },
    ...(homePage === "" ? {} : { socialLinks: [{ icon: "github", link: homePage }] }),
  },
});
