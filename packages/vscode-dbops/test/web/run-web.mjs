// Runs the extension's tests in the web worker of a VS Code in the browser, in headless Chromium.
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import * as esbuild from "esbuild";
import { browserPath, packageFolder } from "../host/places.mjs";
import { commonOptions, load } from "./build-of-vscode.mjs";

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

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "dbops-web-"));
fs.writeFileSync(path.join(folder, "README.md"), "# shop\n");
setTimeout(() => {
  console.error("the tests did not end within 180 s");
  process.exit(1);
}, 180_000);
try {
  const { runTests } = load("@vscode/test-web");
  await runTests({
    ...commonOptions,
    browserType: "chromium",
    extensionTestsPath: path.join(output, "web.js"),
    folderPath: folder,
  });
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
process.exit();
