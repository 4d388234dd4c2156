#!/usr/bin/env node
// Stands in for the VS Code desktop executable: takes the command line of @vscode/test-electron, opens a VS Code server in
// headless Chromium and runs extensionTestsPath in its Node.js extension host. Exits with 0 only when the tests passed.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { serverWords, startBrowser, startServer, writeSettings } from "./server.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const limit = Number(process.env.DBOPS_TEST_TIMEOUT ?? 420) * 1000;
const given = {};
const developed = [];
let target;
for (const word of process.argv.slice(2)) {
  const [, name, value] = /^--([^=]+)=?(.*)$/s.exec(word) ?? [];
  if (name === undefined) target ??= word;
  else if (name === "extensionDevelopmentPath") developed.push(value);
  else given[name] = value; // switches of the desktop mean nothing here
}

const work = fs.mkdtempSync(path.join(os.tmpdir(), "dbops-vscode-"));
const userFolder = given["user-data-dir"] ?? path.join(work, "user");
writeSettings(userFolder);
const extensions = given["extensions-dir"] ?? path.join(work, "extensions");
fs.mkdirSync(extensions, { recursive: true }); // older servers fail without it
const output = path.join(work, "output.txt");
fs.writeFileSync(output, "");

let server;
let browser;
let isEnding = false;
let printed = 0;
const errors = [];

function print() {
  const bytes = fs.readFileSync(output).subarray(printed);
  if (bytes.length > 0) fs.writeSync(1, bytes);
  printed += bytes.length;
}

async function end(code, why) {
  if (isEnding) return;
  isEnding = true;
  print();
  if (why !== undefined) console.error(`${why}\n${errors.join("\n")}\n${server?.log().slice(-3000) ?? ""}`);
  await browser?.close().catch(() => {});
  server?.stop();
  fs.rmSync(work, { recursive: true, force: true, maxRetries: 5 });
  process.exit(code);
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => end(1, `got ${signal}`));
process.on("uncaughtException", (error) => end(1, error.stack));
process.on("unhandledRejection", (error) => end(1, error?.stack ?? String(error)));
setTimeout(() => end(1, `the tests did not end within ${limit / 1000} s`), limit);
setInterval(print, 200);

server = await startServer(
  serverWords(work, userFolder, extensions),
  { DBOPS_TEST_OUTPUT: output, DBOPS_TEST_ENTRY: path.resolve(given.extensionTestsPath) },
  (why) => end(1, why),
);
browser = await startBrowser();
const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
page.on("crash", () => end(1, "the page crashed"));
await page.exposeFunction("codeAutomationLog", (type, words) => {
  if (type === "error")
    errors.push(words.map((word) => (typeof word === "string" ? word : JSON.stringify(word))).join(" "));
});
await page.exposeFunction("codeAutomationExit", (code) => {
  print();
  const isPassed = fs.existsSync(`${output}.passed`);
  if (code === 0 && !isPassed) return end(1, "the extension host ended before the tests did");
  return end(code, code !== 0 && printed === 0 ? "there was no output of tests" : undefined);
});
const query = new URLSearchParams();
if (target === undefined) query.set("ew", "true");
else query.set(target.endsWith(".code-workspace") ? "workspace" : "folder", path.resolve(target));
const payload = [
  ...developed.map((folder) => ["extensionDevelopmentPath", server.uri(folder)]),
  ["extensionTestsPath", server.uri(path.join(here, "forward-output.cjs"))],
  ["skipWelcome", "true"],
  ["skipReleaseNotes", "true"],
];
query.set("payload", JSON.stringify(payload));
await page.goto(`http://127.0.0.1:${server.port}/?${query}`);
