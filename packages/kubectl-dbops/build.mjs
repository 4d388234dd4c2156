import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const { version } = JSON.parse(readFileSync(path.join(here, "package.json"), "utf8"));
const common = {
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  minify: true,
  lineLimit: 160,
  legalComments: "linked",
  logLevel: "warning",
  absWorkingDir: here,
};

// The yaml library is a second file, read when a fix is verified or js-yaml refuses a text: each name is fetched on first use.
const lazyYaml = {
  name: "lazy-yaml",
  setup(build) {
    build.onResolve({ filter: /^yaml$/ }, () => ({ path: "yaml", namespace: "lazy" }));
    build.onLoad({ filter: /.*/, namespace: "lazy" }, () => ({
      contents: ["parseDocument", "visit"]
        .map(
          (name) =>
            `Object.defineProperty(exports, "${name}", { enumerable: true, get: () => require("./yaml-library.cjs").${name} });`,
        )
        .join("\n"),
      loader: "js",
      resolveDir: here,
    }));
    build.onResolve({ filter: /yaml-library\.cjs$/ }, (args) => ({ path: args.path, external: true }));
  },
};

mkdirSync(path.join(here, "dist"), { recursive: true });
await esbuild.build({
  ...common,
  entryPoints: ["src/main.ts"],
  outfile: "dist/kubectl-dbops",
  define: { DBOPS_VERSION: JSON.stringify(version) },
  plugins: [lazyYaml],
  banner: { js: "#!/usr/bin/env node" },
});
await esbuild.build({
  ...common,
  stdin: { contents: 'export { parseDocument, visit } from "yaml";', resolveDir: path.join(here, "../core") },
  outfile: "dist/yaml-library.cjs",
});
// Node takes a file without extension for a module of its package's type.
writeFileSync(path.join(here, "dist/package.json"), '{ "type": "commonjs" }\n');
chmodSync(path.join(here, "dist/kubectl-dbops"), 0o755);
