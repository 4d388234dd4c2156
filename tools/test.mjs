// Runs every test with mocha and ends with the line "N passed, N failed".
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const mocha = createRequire(import.meta.url).resolve("mocha/bin/mocha.js");
const isUpdating = process.argv.includes("--update");
const words = process.argv.slice(2).filter((word) => word !== "--update");
const patterns = words.length > 0 ? words : ["packages/*/test/**/*.test.ts", "tools/test/**/*.test.ts"];
const child = spawn(
  process.execPath,
  ["--import", "tsx", mocha, "--reporter", "dot", "--timeout", "60000", ...patterns],
  {
    cwd: root,
    env: { ...process.env, ...(isUpdating ? { DBOPS_UPDATE: "1" } : {}) },
    stdio: ["ignore", "pipe", "inherit"],
  },
);
let output = "";
child.stdout.on("data", (chunk) => {
  output += chunk;
  process.stdout.write(chunk);
});
child.on("close", (code) => {
  const number = (word) => Number(new RegExp(`(\\d+) ${word}`).exec(output)?.[1] ?? 0);
  const failed = Math.max(number("failing"), code === 0 ? 0 : 1);
  process.stdout.write(`${number("passing")} passed, ${failed} failed\n`);
  process.exitCode = code === 0 ? 0 : 1;
});
