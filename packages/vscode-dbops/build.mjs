// Two bundles from one source (desktop and web), and the files of the repository that the package carries.
import { cpSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const { version } = JSON.parse(readFileSync(path.join(here, "package.json"), "utf8"));
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
  define: { DBOPS_VERSION: JSON.stringify(version) },
};
await esbuild.build({ ...common, platform: "node", outfile: "dist/extension.cjs" });
await esbuild.build({ ...common, platform: "browser", outfile: "dist/extension.web.js" });

const repository = path.join(here, "../..");
rmSync(path.join(here, "docs"), { recursive: true, force: true });
for (const name of ["docs/rules", "docs/configuration.schema.json", "LICENSE"])
  cpSync(path.join(repository, name), path.join(here, name), { recursive: true });
