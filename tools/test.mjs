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
/** Runs mocha, and gives what it counted. `isQuiet`: its output is shown when it has ended, so that two runs do not mix. */
async function run(files, isQuiet = false) {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", mocha, "--reporter", "dot", "--timeout", "60000", ...files],
    {
      cwd: root,
      env: { ...process.env, ...(isUpdating ? { DBOPS_UPDATE: "1" } : {}) },
      stdio: ["ignore", "pipe", isQuiet ? "pipe" : "inherit"],
    },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk) => {
      output += chunk;
      if (!isQuiet) process.stdout.write(chunk);
    });
  const code = await new Promise((resolve) => child.on("close", resolve));
  if (isQuiet) process.stdout.write(output);
  const number = (word) => Number(new RegExp(`(\\d+) ${word}`).exec(output)?.[1] ?? 0);
  return { code, passed: number("passing"), failed: number("failing") };
}

// What needs nothing but Node runs beside the rest, which mostly waits for servers, editors and registries.
const runs = await Promise.all(
  named.length > 0 ? [run(named)] : [run([...all, ...plain.flatMap((glob) => ["--ignore", glob])]), run(plain, true)],
);
const isUnknownRule = rule !== undefined && runs.every(({ passed, failed }) => passed + failed === 0);
if (isUnknownRule) process.stderr.write(`error: no rule is called ${rule}: run pnpm generate\n`);
const passed = runs.reduce((sum, each) => sum + each.passed, 0);
const failed = runs.reduce((sum, each) => sum + Math.max(each.failed, each.code === 0 && !isUnknownRule ? 0 : 1), 0);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
