import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { kubeconfigOnly } from "./kubeconfig-only.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const { version } = JSON.parse(readFileSync(path.join(here, "package.json"), "utf8"));
const { homepage = "" } = JSON.parse(readFileSync(path.join(here, "../../package.json"), "utf8"));
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

const dist = path.join(here, "dist");
mkdirSync(dist, { recursive: true });
for (const file of readdirSync(dist)) rmSync(path.join(dist, file), { recursive: true });

// What a lint run rarely needs is fetched on first use: the yaml library (a fix is verified, js-yaml refuses a text), the
// examples of `explain`, the manifests of `new`, PostgreSQL's parser, the client of
// clusters, and modules of Node that take milliseconds to load: child processes (git, kubectl kustomize), HTTP, net, v8. Ours and the library get files of their own beside the bundle.
const files = {
  yaml: { file: "yaml-library.cjs", contents: 'export * from "yaml";', resolveDir: path.join(here, "../core") },
  "../examples.generated.ts": { file: "examples.cjs", contents: 'export * from "./src/examples.generated.ts";' },
  "./glue.ts": { file: "sql-library.cjs", contents: 'export * from "./src/sql/glue.ts";' },
  "./client-library.ts": { file: "cluster-library.cjs", contents: 'export * from "./src/cluster/client-library.ts";' },
  "../snippets.generated.ts": { file: "snippets.cjs", contents: 'export * from "./src/snippets.generated.ts";' },
};
// The parser's glue would look for its WebAssembly in its folder, which an executable does not have.
const define = { __dirname: '""', __filename: '""' };
for (const { file, contents, resolveDir = here } of Object.values(files))
  await esbuild.build({
    ...common,
    define,
    plugins: [kubeconfigOnly],
    stdin: { contents, resolveDir },
    outfile: `dist/${file}`,
  });
const requireFile = createRequire(path.join(dist, "dbops.cjs"));
cpSync(requireFile.resolve("libpg-query/wasm/libpg-query.wasm"), path.join(dist, "postgres.wasm"));
const sourceOf = (name) => (name in files ? `./${files[name].file}` : name);
// The language server lints with the bundle's own engine: a second one would double what is shipped.
const languageServer = "language-server.cjs";
const givenCore = {
  name: "given-core",
  setup(build) {
    build.onResolve({ filter: /^@dbops\/core$/ }, () => ({ path: "core", namespace: "given" }));
    build.onLoad({ filter: /.*/, namespace: "given" }, () => ({ contents: "module.exports = givenCore;" }));
  },
};
await esbuild.build({
  ...common,
  entryPoints: ["src/language-server.ts"],
  outfile: `dist/${languageServer}`,
  plugins: [givenCore],
  banner: { js: "module.exports = (givenCore) => { const module = { exports: {} };" },
  footer: { js: "return module.exports; };" },
});
const loadLanguageServer = {
  name: "load-language-server",
  setup(build) {
    build.onLoad({ filter: /[/\\]src[/\\]language-server\.ts$/ }, () => ({
      contents: `import * as core from "@dbops/core";
        export const serve = (options) => require("./${languageServer}")(core).serve(options);`,
      resolveDir: here,
      loader: "js",
    }));
  },
};
const loadLate = {
  name: "load-late",
  setup(build) {
    build.onResolve(
      {
        filter:
          /^(yaml|.*\/(glue|client-library)\.ts|.*\/(examples|snippets)\.generated\.ts|node:(v8|child_process|https?|net|zlib))$/,
      },
      ({ path: name, namespace }) =>
        namespace === "late" ? { path: name, external: true } : { path: name, namespace: "late" },
    );
    // The names are those of the built file itself: whatever the sources import from it is there.
    build.onLoad({ filter: /.*/, namespace: "late" }, ({ path: name }) => ({
      contents: `for (const name of ${JSON.stringify(Object.keys(requireFile(sourceOf(name))))})
        Object.defineProperty(exports, name, { enumerable: true, get: () => require("${sourceOf(name)}")[name] });`,
      loader: "js",
      resolveDir: here,
    }));
    build.onResolve({ filter: /\.cjs$/ }, ({ path: name }) => ({ path: name, external: true }));
  },
};

// Completion knows the rules by their names: the build writes down what the engine would say.
const { outputFiles: ruleNames } = await esbuild.build({
  ...common,
  entryPoints: ["src/rule-names.ts"],
  legalComments: "none",
  plugins: [loadLate],
  write: false,
});
const namesModule = { exports: {} };
new Function("require", "module", "exports", ruleNames[0].text)(
  createRequire(import.meta.url),
  namesModule,
  namesModule.exports,
);
const writtenNames = {
  name: "written-names",
  setup(build) {
    build.onLoad({ filter: /[/\\]rule-names\.ts$/ }, () => ({
      contents: `export const ruleNames = ${JSON.stringify(namesModule.exports.ruleNames)};`,
    }));
  },
};

// The WebAssembly is beside the bundle; in a single executable the starter finds it inside.
const readsBeside = {
  name: "reads-beside",
  setup(build) {
    build.onLoad({ filter: /[/\\]read-wasm\.ts$/ }, () => ({
      contents: 'export const readWasm = () => readBeside("postgres.wasm");',
    }));
  },
};

const { outputFiles } = await esbuild.build({
  ...common,
  entryPoints: ["src/main.ts"],
  outfile: "dist/dbops.cjs",
  define: { DBOPS_VERSION: JSON.stringify(version), DBOPS_HOME_PAGE: JSON.stringify(homepage) },
  plugins: [readsBeside, loadLanguageServer, loadLate],
  banner: { js: "(function (require, module, __dirname, readBeside, isFromCache) {" },
  footer: { js: "})" },
  write: false,
});
for (const { path: file, contents } of outputFiles) if (!file.endsWith(".cjs")) writeFileSync(file, contents);
const bundle = outputFiles.find(({ path: file }) => file.endsWith(".cjs"));
// The cache belongs to exactly this text, so its name says which.
const bundleName = `dbops-${createHash("sha256").update(bundle.contents).digest("hex").slice(0, 12)}.cjs`;
writeFileSync(path.join(dist, bundleName), bundle.contents);
const launcher = readFileSync(path.join(here, "launch.cjs"), "utf8").replace("DBOPS_BUNDLE", bundleName);
writeFileSync(path.join(dist, "kubectl-dbops"), launcher);
await esbuild.build({
  ...common,
  entryPoints: ["src/completion/main.ts"],
  outfile: "dist/complete.cjs",
  plugins: [writtenNames, loadLate],
});
// kubectl asks this one: https://kubernetes.io/docs/tasks/extend-kubectl/kubectl-plugins/
writeFileSync(
  path.join(dist, "kubectl_complete-dbops"),
  '#!/usr/bin/env node\nprocess.argv.splice(2, 0, "__complete");\nrequire("./kubectl-dbops");\n',
);
// Node takes a file without extension for a module of its package's type.
writeFileSync(path.join(here, "dist/package.json"), '{ "type": "commonjs" }\n');
for (const name of ["kubectl-dbops", "kubectl_complete-dbops"]) chmodSync(path.join(dist, name), 0o755);

// One run over the examples compiles what a usual run needs; the launcher keeps it as V8's code cache. They are copied, because
// in a repository the rest of it would be read as context.
const folder = mkdtempSync(path.join(tmpdir(), "dbops-build-"));
cpSync(path.join(here, "../../examples"), folder, { recursive: true });
spawnSync(process.execPath, [path.join(dist, "kubectl-dbops"), "lint", folder], { stdio: "ignore" });
rmSync(folder, { recursive: true });
