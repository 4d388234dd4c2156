// pnpm check: types, format and lint, layers, dead code, generated files, links. Everything runs; any complaint fails.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { checkLinks, checkNamedFiles, checkTags } from "./check-docs.ts";
import { checkImports } from "./check-imports.ts";
import { checkPatterns } from "./check-patterns.ts";
import { checkProse } from "./check-prose.ts";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const packageFolder = (name: string): string =>
  path.dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));

const node = (...words: readonly string[]): boolean =>
  spawnSync(process.execPath, words, { cwd: root, stdio: "inherit" }).status === 0;

const projects = [
  "packages/core",
  "packages/core/tsconfig.test.json",
  "packages/session",
  "packages/session/tsconfig.test.json",
  "packages/language-server",
  "packages/language-server/tsconfig.test.json",
  "packages/kubectl-dbops",
  "packages/vscode-dbops",
  "packages/vscode-dbops/tsconfig.test.json",
  "packages/docs-site",
  "tools",
];

const knip = (...words: readonly string[]): boolean =>
  node("node_modules/knip/bin/knip.js", "--config", "tools/knip.ts", "--no-progress", ...words);

const complaints = (lines: readonly string[]): boolean => {
  for (const line of lines) process.stdout.write(`${line}\n`);
  return lines.length === 0;
};

const parts: Readonly<Record<string, () => boolean | Promise<boolean>>> = {
  types: () => projects.every((project) => node(path.join(packageFolder("typescript"), "bin/tsc"), "-p", project)),
  "format and lint": () =>
    node(path.join(packageFolder("@biomejs/biome"), "bin/biome"), "check", "--error-on-warnings", "."),
  layers: () => complaints(checkImports(root)),
  "nothing unused": () =>
    knip("--treat-config-hints-as-errors") && knip("--production", "--exclude", "dependencies", "--no-config-hints"),
  "generated files": () => node("--import", "tsx", "tools/generate.ts", "--check"),
  "regular expressions": async () => complaints(await checkPatterns(root)),
  "pages and comments": () => complaints([...checkLinks(root), ...checkTags(root), ...checkNamedFiles(root)]),
  prose: () => complaints(checkProse(root)),
};

for (const [name, check] of Object.entries(parts)) {
  const isGood = await check();
  process.stdout.write(`${isGood ? "ok    " : "failed"} ${name}\n`);
  if (!isGood) process.exitCode = 1;
}
