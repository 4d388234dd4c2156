// Bundles for desktop and web from one source, and the files of the repository that the package carries.
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
// On the desktop the parts lie in a file of their own: what waits for something to lint is a few hundred lines. A web
// extension has to be one file.
const partsApart = {
  name: "parts apart",
  setup: (build) => build.onResolve({ filter: /^\.\/parts\.ts$/ }, () => ({ path: "./parts.cjs", external: true })),
};
const supported = { "dynamic-import": false }; // VS Code hands its API to require
await esbuild.build({ ...common, platform: "node", outfile: "dist/extension.cjs", plugins: [partsApart], supported });
await esbuild.build({ ...common, platform: "node", entryPoints: ["src/parts.ts"], outfile: "dist/parts.cjs" });
await esbuild.build({ ...common, platform: "browser", outfile: "dist/extension.web.js" });

// VS Code shows pictures on an extension's page from the web only: where the manifest names no repository to take them from, the
// packaged page goes without.
const readme = readFileSync(path.join(here, "README.md"), "utf8");
const pictures = /^!\[[^\]]*\]\(images\/[^)]*\)\n\n/gm;
writeFileSync(path.join(here, "dist/README.md"), manifest.repository ? readme : readme.replace(pictures, ""));

const repository = path.join(here, "../..");
rmSync(path.join(here, "docs"), { recursive: true, force: true });
for (const name of ["docs/rules", "docs/configuration.schema.json", "LICENSE"])
  cpSync(path.join(repository, name), path.join(here, name), { recursive: true });
