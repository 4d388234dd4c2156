// Installs the packaged extension into the VS Code server and uses it as a person does, in headless Chromium. Screenshots are
// left in .vscode-test-output/screenshots; with DBOPS_UPDATE=1 they replace those of docs/vscode.md and of the extension's README.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { nodePath, packageFolder, serverPath } from "../host/places.mjs";
import {
  quietSettings,
  serverEnvironment,
  serverWords,
  startBrowser,
  startServer,
  writeSettings,
} from "../host/server.mjs";
import { retry, workbench } from "./workbench.mjs";

const screenshots = path.join(packageFolder, ".vscode-test-output/screenshots");
fs.rmSync(screenshots, { recursive: true, force: true });
fs.mkdirSync(screenshots, { recursive: true });
const packed = path.join(packageFolder, ".vscode-test-output/vscode-dbops.vsix");
const vsce = path.join(packageFolder, "node_modules/@vscode/vsce/vsce");
const log = execFileSync(
  process.execPath,
  [vsce, "package", "--no-dependencies", "--allow-missing-repository", "--readme-path", "dist/README.md", "-o", packed],
  { cwd: packageFolder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] },
);
assert.doesNotMatch(log, /WARN/i, "vsce has no warnings");
assert.ok(fs.statSync(packed).size <= 1024 * 1024, "the package has at most 1 MB");
assert.doesNotMatch(log, /node_modules/);

const work = fs.mkdtempSync(path.join(os.tmpdir(), "dbops-ui-"));
const folder = path.join(work, "shop");
fs.cpSync(path.join(packageFolder, "../../examples/shop"), folder, { recursive: true });
const dump = fs
  .readFileSync(path.join(folder, "backup.yaml"), "utf8")
  .replace("image: postgres:15", "image: postgres:16-alpine");
fs.writeFileSync(path.join(folder, "dump.yaml"), dump);
fs.writeFileSync(path.join(folder, "nightly.yaml"), dump.replaceAll(/^( +name: )/gm, "$1nightly-"));
fs.writeFileSync(
  path.join(folder, "orders.yaml"),
  [
    "apiVersion: apps/v1",
    "kind: StatefulSet",
    "metadata: { name: orders }",
    "spec:",
    "  serviceName: orders",
    "  selector: { matchLabels: { app: orders } }",
    "  template:",
    "    metadata: { labels: { app: orders } }",
    "    spec:",
    "      terminationGracePeriodSeconds: 5",
    "      containers:",
    "        - name: mysql",
    "          image: mysql:8.4.7",
    "          volumeMounts: [{ name: data, mountPath: /var/lib/mysql }]",
    "  volumeClaimTemplates:",
    "    - metadata: { name: data }",
    "      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 20Gi } } }",
    "",
  ].join("\n"),
);
const users = path.join(work, "user");
writeSettings(users, {
  ...quietSettings,
  "editor.wordBasedSuggestions": "off",
  "editor.minimap.enabled": false,
  "workbench.colorTheme": "Default Light Modern",
  "breadcrumbs.enabled": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
});
const extensions = path.join(work, "extensions");
const words = serverWords(work, users, extensions);
execFileSync(nodePath, [serverPath, ...words, "--install-extension", packed], { env: serverEnvironment });

let isEnding = false;
const server = await startServer(words, {}, (why) => {
  if (!isEnding) console.error(why);
});
const browser = await startBrowser();
const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
page.setDefaultTimeout(20_000);
let passed = 0;
const images = path.join(packageFolder, "../../docs/images");

async function shot(name) {
  const file = path.join(screenshots, `${name}.png`);
  await page.screenshot({ path: file });
  if (process.env.DBOPS_UPDATE !== "1") return;
  const documented = path.join(images, `vscode-${name}.png`);
  if (fs.existsSync(documented)) fs.copyFileSync(file, documented);
  const packaged = path.join(packageFolder, `images/${name}.jpg`); // small: it travels with the extension
  if (fs.existsSync(packaged)) await page.screenshot({ path: packaged, type: "jpeg", quality: 60 });
}

async function step(name, run) {
  await run();
  passed++;
  console.log(`  ok ${name}`);
}

const { open, goTo, command, line, problem, row } = workbench(page);

try {
  const payload = JSON.stringify([
    ["skipWelcome", "true"],
    ["openFile", server.uri(path.join(folder, "postgres.yaml"))],
  ]);
  await page.goto(`http://127.0.0.1:${server.port}/?${new URLSearchParams({ folder, payload })}`);
  await line("kind: Service").waitFor();

  await step("findings are underlined and listed with their rule and place", async () => {
    await page.locator(".squiggly-error").first().waitFor();
    await page.keyboard.press("Control+Shift+M");
    await problem("3 Pods of postgres:16 are 3 separate databases").waitFor();
    const text = await problem("3 Pods of postgres:16 are 3 separate databases").textContent();
    assert.match(text.replace(/\s+/g, " "), /dbops\(?replicas-do-not-replicate\)? ?\[Ln 22, Col 13\]/);
    await shot("problems");
    // What the picture says, for the test that looks whether it is still said.
    const messages = await page.locator(".markers-panel .marker-message").allTextContents();
    assert.ok(messages.length > 3, "the Problems panel lists messages");
    if (process.env.DBOPS_UPDATE === "1") fs.writeFileSync(`${images}/vscode-problems.txt`, `${messages.join("\n")}\n`);
  });

  await step("the code of a finding opens the page that comes with the extension", async () => {
    await problem("3 Pods of postgres:16 are 3 separate databases")
      .locator("a", { hasText: "replicas-do-not-replicate" })
      .click();
    await page.locator(".tab.active", { hasText: "replicas-do-not-replicate" }).waitFor();
    await page.waitForTimeout(1500);
    await shot("rule-page");
    const frames = page.frames();
    const texts = await Promise.all(
      frames.map((frame) =>
        frame
          .locator("body")
          .textContent()
          .catch(() => ""),
      ),
    );
    assert.ok(
      texts.some((text) => text.includes("Kubernetes copies Pods, not data")),
      "the page is rendered",
    );
    await command("View: Close Editor");
  });

  await step("a hover names the Pods and claims of a StatefulSet", async () => {
    await open("postgres.yaml");
    await goTo(19, 10);
    await retry(async () => {
      await command("Show or Focus Hover");
      await page.locator(".monaco-hover", { hasText: "data-postgres-2" }).first().waitFor({ timeout: 4000 });
    });
    await shot("hover");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
  });

  await step("a safe quick fix edits the text, and the finding is gone", async () => {
    await open("dump.yaml");
    await line("pg_dump").waitFor();
    await problem("A failed pg_dump leaves this CronJob").waitFor();
    await retry(async () => {
      await page.keyboard.press("Escape");
      await line("pg_dump").getByText("pg_dump").first().click();
      await page.keyboard.press("Control+.");
      await row('Add "set -o pipefail"').waitFor({ timeout: 4000 });
    });
    await shot("quick-fix");
    await row('Add "set -o pipefail"').click();
    await line("set -o pipefail").waitFor();
    await page.keyboard.press("Control+S");
  });

  await step("the palette fixes all that is safe in the file", async () => {
    await open("nightly.yaml");
    await line("pg_dump").waitFor();
    await problem("A failed pg_dump leaves this CronJob").waitFor();
    await command("dbops: Fix all auto-fixable problems");
    await line("set -o pipefail").waitFor();
    await page.keyboard.press("Control+S");
  });

  await step("the title of an unsafe fix says what it causes; it applies at once and can be undone", async () => {
    await open("orders.yaml");
    await line("terminationGracePeriodSeconds").waitFor();
    await retry(async () => {
      await page.keyboard.press("Escape");
      await goTo(10, 39);
      await page.keyboard.press("Control+.");
      await row("(unsafe: ").waitFor({ timeout: 4000 });
    });
    assert.match(await row("(unsafe: ").textContent(), /Wait 120 s before killing the server \(unsafe: restarts/);
    await shot("unsafe-fix");
    await row("(unsafe: ").click();
    await line("terminationGracePeriodSeconds: 120").waitFor();
    await page.keyboard.press("Control+Z");
    await line("terminationGracePeriodSeconds: 5").waitFor();
  });

  await step("the Databases view counts what was found and leads to the line", async () => {
    await command("Explorer: Focus on Databases View");
    const database = page.locator(".pane .monaco-list-row", { hasText: "postgres:16" }).first();
    await database.waitFor();
    await page.mouse.move(640, 440); // no tooltip
    await page.waitForTimeout(1500);
    await shot("databases");
    assert.match(await database.textContent(), /problems/);
    await database.click();
    await page.locator(".tab.active", { hasText: ".yaml" }).waitFor();
  });

  const entry = (text) => page.locator(".pane .monaco-list-row", { hasText: text }).first();
  const press = (title) => page.locator(`.pane .action-label[aria-label*="${title}"]:visible`).first().click();
  const input = page.locator(".quick-input-widget input:visible").first();

  await step("the connections view tries out a number, and writes it when told to", async () => {
    await command("Explorer: Focus on Database connections View");
    await entry("at least 128 of 97 connections during a rollout").waitFor();
    await page.waitForTimeout(1500);
    await shot("connections");
    await entry("125 during a rollout, 100 = 4 poolers x 1 database x (20 + 5) · api.yaml:67").hover();
    await press("Try another number");
    await page.locator(".quick-input-list .monaco-list-row", { hasText: "default_pool_size" }).first().click();
    await page.locator(".quick-input-message", { hasText: "default_pool_size 13 fits: 5 x (13 + 5)" }).waitFor();
    assert.equal(await input.inputValue(), "13");
    await input.fill("many");
    await page.locator(".quick-input-message", { hasText: "A whole number" }).waitFor();
    await input.fill("11");
    await page.keyboard.press("Enter");
    await entry("at least 83 of 97 connections during a rollout · what if default_pool_size 11 of api").waitFor();
    const pooler = entry("80 during a rollout, 64 = 4 poolers x 1 database x (11 + 5)");
    await pooler.click();
    await page.locator(".tab.active", { hasText: "api.yaml" }).waitFor();
    await line("default_pool_size = 20").waitFor();
    await shot("what-if");
    await pooler.hover();
    await press("Write the number");
    await line("default_pool_size = 11").waitFor();
    await entry("at least 83 of 97 connections during a rollout").waitFor();
    await page.locator(".monaco-editor .view-lines").last().click();
    await page.keyboard.press("Control+Z");
    await line("default_pool_size = 20").waitFor();
    await entry("at least 128 of 97 connections during a rollout").waitFor();
    await page.keyboard.press("Control+S");
  });

  await step("the connections view goes back to what the files say", async () => {
    await entry("at least 128 of 97").hover();
    await press("Try another number");
    await input.fill("300");
    await page.keyboard.press("Enter");
    await entry("at least 128 of 297 connections during a rollout · what if max_connections 300 of postgres").waitFor();
    const header = page.locator(".pane-header", { hasText: "Database connections" });
    await header.hover();
    await header.locator('.action-label[aria-label*="More Actions"]').click();
    await page.locator(".monaco-menu .action-label", { hasText: "Back to what the files say" }).click();
    await entry("at least 128 of 97 connections during a rollout").waitFor();
  });

  await step("a snippet is found by db- and expands", async () => {
    await command("File: New Untitled Text File");
    await command("Change Language Mode");
    await page.locator(".quick-input-widget input").fill("yaml");
    await page.locator(".quick-input-list .monaco-list-row", { hasText: "YAML" }).first().waitFor();
    await page.keyboard.press("Enter");
    await page.locator(".monaco-editor .view-lines").last().click();
    await page.keyboard.type("db-cloud", { delay: 80 });
    await page.locator(".suggest-widget .monaco-list-row", { hasText: "db-cloudnative-pg" }).first().waitFor();
    await shot("snippets");
    await page.keyboard.press("Enter");
    await page.locator(".monaco-editor .view-line", { hasText: "ObjectStore" }).first().waitFor();
    await shot("snippet");
  });

  console.log(`${passed} passing`);
} catch (error) {
  await shot("failure").catch(() => {});
  console.error(error);
  process.exitCode = 1;
} finally {
  isEnding = true;
  await browser.close().catch(() => {});
  server.stop();
  fs.rmSync(work, { recursive: true, force: true, maxRetries: 5 });
  process.exit();
}
