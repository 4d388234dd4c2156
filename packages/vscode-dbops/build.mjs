// Bundles for desktop and web from one source, and the files of the repository that the package carries.
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const manifest = JSON.parse(readFileSync(path.join(here, "package.json"), "utf8"));
const { homepage = "" } = JSON.parse(readFileSync(path.join(here, "../../package.json"), "utf8"));
const common = {
  bundle: true,
  target: "es2022",
  format: "cjs",
  minify: true,
  legalComments: "none",
  logLevel: "warning",
  absWorkingDir: here,
  entryPoints: ["src/extension.ts"],
  external: ["vscode"],
  define: { DBOPS_VERSION: JSON.stringify(manifest.version), DBOPS_HOME_PAGE: JSON.stringify(homepage) },
};
// A web extension has to be one file. On the desktop the parts are taken from it when there is something to lint: what waits for that
// is a few hundred lines.
const partsApart = {
  name: "parts apart",
  setup: (build) =>
    build.onResolve({ filter: /^\.\/parts\.ts$/ }, () => ({ path: "./extension.web.js", external: true })),
};
const supported = { "dynamic-import": false }; // VS Code hands its API to require
await esbuild.build({ ...common, platform: "node", outfile: "dist/extension.cjs", plugins: [partsApart], supported });
await esbuild.build({
  ...common,
  platform: "browser",
  entryPoints: ["src/web.ts"],
  outfile: "dist/extension.web.js",
});
// Node takes a file that ends in .js for a module of its package's type, and VS Code in a browser loads no other.
writeFileSync(path.join(here, "dist/package.json"), '{ "type": "commonjs" }\n');

// VS Code shows pictures on an extension's page from the web only: where the manifest names no repository to take them from, the
// packaged page goes without.
const readme = readFileSync(path.join(here, "README.md"), "utf8");
const pictures = /^!\[[^\]]*\]\(images\/[^)]*\)\n\n/gm;
writeFileSync(path.join(here, "dist/README.md"), manifest.repository ? readme : readme.replace(pictures, ""));

const repository = path.join(here, "../..");
rmSync(path.join(here, "docs"), { recursive: true, force: true });
for (const name of ["docs/configuration.schema.json", "LICENSE"])
  cpSync(path.join(repository, name), path.join(here, name), { recursive: true });
// The pages of all rules are one file: a package compresses each of its files alone, and these have most words in common.
const pages = readdirSync(path.join(repository, "docs/rules"))
  .sort()
  .map((name) => [`/rules/${name}`, readFileSync(path.join(repository, "docs/rules", name), "utf8")]);
writeFileSync(path.join(here, "docs/rules.json"), JSON.stringify(Object.fromEntries(pages)));
