// Runs every test, or the files that are named, with mocha and ends with the line "N passed, N failed". `--plain` runs those that need
// nothing but Node, `--rule ID` the cases of one rule; `--update` writes what the sources give into goldens.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const mocha = createRequire(import.meta.url).resolve("mocha/bin/mocha.js");
const words = process.argv.slice(2);
const isUpdating = words.includes("--update");
const ruleAt = words.indexOf("--rule");
const rule = ruleAt < 0 ? undefined : words[ruleAt + 1];
if (rule !== undefined && !existsSync(path.join(root, `packages/core/test/rules/${rule}.yaml`))) {
  process.stderr.write(`error: there is no packages/core/test/rules/${rule}.yaml\n`);
  process.exit(2);
}
const ofRule = rule === undefined ? [] : ["--fgrep", `rules ${rule} `, "packages/core/test/rules.test.ts"];
const all = ["packages/*/test/**/*.test.ts", "tools/test/**/*.test.ts"];
const plain = [
  "packages/core/test/*.test.ts",
  "packages/core/test/!(real)/**/*.test.ts",
  "packages/session/test/**/*.test.ts",
];
const named = [
  ...ofRule,
  ...(words.includes("--plain") ? plain : []),
  ...words.filter(
    (word, index) =>
      word !== "--update" && word !== "--plain" && (ruleAt < 0 || (index !== ruleAt && index !== ruleAt + 1)),
  ),
];
// Reports are as a person gets them, whoever runs the tests: packages/kubectl-dbops/src/commands/outputs.ts.
for (const name of ["AI_AGENT", "CLAUDECODE", "CURSOR_AGENT", "GEMINI_CLI", "CODEX_SANDBOX", "OPENCODE"])
  delete process.env[name];
const child = spawn(
  process.execPath,
  ["--import", "tsx", mocha, "--reporter", "dot", "--timeout", "60000", ...(named.length > 0 ? named : all)],
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
  const isUnknownRule = rule !== undefined && number("passing") + number("failing") === 0;
  if (isUnknownRule) process.stderr.write(`error: no rule is called ${rule}: run pnpm generate\n`);
  const failed = Math.max(number("failing"), code === 0 && !isUnknownRule ? 0 : 1);
  process.stdout.write(`${number("passing")} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
});
