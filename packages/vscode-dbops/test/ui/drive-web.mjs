// Opens the extension in a VS Code that is nothing but a page, and clicks on the code of a finding.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { packageFolder } from "../host/places.mjs";
import { startBrowser } from "../host/server.mjs";
import { commonOptions, load } from "../web/build-of-vscode.mjs";
import { workbench } from "./workbench.mjs";

await import("../../build.mjs");
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "dbops-web-"));
fs.cpSync(path.join(packageFolder, "../../examples/shop"), folder, { recursive: true });
setTimeout(() => {
  console.error("the browser did not get there within 120 s");
  process.exit(1);
}, 120_000);

let server;
let browser;
try {
  const { open: serve } = load("@vscode/test-web");
  server = await serve({ ...commonOptions, browserType: "none", folderPath: folder });
  browser = await startBrowser();
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  page.setDefaultTimeout(15_000);
  const { line, problem } = workbench(page);
  await page.goto(`http://localhost:${commonOptions.port}/`);
  await page.locator(".explorer-folders-view .monaco-list-row", { hasText: "postgres.yaml" }).dblclick();
  await line("kind: Service").waitFor();
  await page.keyboard.press("Control+Shift+M");
  const found = problem("3 Pods of postgres:16 are 3 separate databases");
  await found.waitFor();
  await found.locator("a", { hasText: "replicas-do-not-replicate" }).click();
  await page.locator(".tab.active", { hasText: "replicas-do-not-replicate" }).waitFor();
  // Rendered, it would come from another host, and there is no network: its source is what can be read here.
  await page.locator(".editor-actions a[aria-label*='Show Source']").click();
  await line("Kubernetes copies Pods, not data").waitFor();
  console.log("  ok the code of a finding opens the page that comes with the extension\n1 passing");
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await browser?.close().catch(() => {});
  server?.dispose?.();
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.exit();
}
