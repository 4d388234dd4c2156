// Builds the extension and its editor tests, and runs them through @vscode/test-electron in a workspace of three folders.
// VSCODE_TEST_EXECUTABLE names the VS Code to use; without it test-electron downloads one.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { runTests } from "@vscode/test-electron";
import * as esbuild from "esbuild";
import { packageFolder } from "./places.mjs";

await import("../../build.mjs");
const output = path.join(packageFolder, ".vscode-test-output");
await esbuild.build({
  bundle: true,
  format: "cjs",
  platform: "node",
  target: "node20",
  sourcemap: "inline",
  logLevel: "warning",
  absWorkingDir: packageFolder,
  entryPoints: ["test/e2e/run.ts"],
  outfile: path.join(output, "e2e.cjs"),
  external: ["vscode", "mocha"],
});

const work = fs.mkdtempSync(path.join(os.tmpdir(), "dbops-e2e-"));
// The last folder lies in a repository, with something around it.
const folders = ["shop", "billing", "repository/payments"];
for (const name of [...folders, "repository/.git", "repository/base"])
  fs.mkdirSync(path.join(work, name), { recursive: true });
const workspace = path.join(work, "dbops.code-workspace");
fs.writeFileSync(workspace, JSON.stringify({ folders: folders.map((name) => ({ path: name })) }));
try {
  await runTests({
    ...(process.env.VSCODE_TEST_EXECUTABLE ? { vscodeExecutablePath: process.env.VSCODE_TEST_EXECUTABLE } : {}),
    ...(process.env.DBOPS_VSCODE_VERSION ? { version: process.env.DBOPS_VSCODE_VERSION } : {}),
    extensionDevelopmentPath: packageFolder,
    extensionTestsPath: path.join(output, "e2e.cjs"),
    extensionTestsEnv: { DBOPS_E2E_GREP: process.env.DBOPS_E2E_GREP ?? "" },
    launchArgs: [workspace, "--disable-extensions", `--user-data-dir=${path.join(work, "user")}`],
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  fs.rmSync(work, { recursive: true, force: true });
}
