// pnpm generate [--check]: writes every generated file, or names the stale ones and the command that repairs them.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { GeneratedFile } from "./generators/generated-file.ts";
import { operatorIndex } from "./generators/operator-index.ts";
import { ruleIndex } from "./generators/rule-index.ts";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const isChecking = process.argv.includes("--check");

const isStale = (file: GeneratedFile): boolean => {
  const target = path.join(root, file.path);
  return !existsSync(target) || readFileSync(target, "utf8") !== file.text;
};

function write(file: GeneratedFile): void {
  const target = path.join(root, file.path);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, file.text);
}

// The indexes come first: everything else imports rules and operators through them.
const indexes: readonly GeneratedFile[] = [
  { path: "packages/core/src/rules/index.generated.ts", text: ruleIndex(root) },
  ...(await operatorIndex(root)),
];
const stale = indexes.filter(isStale);
if (!isChecking) stale.forEach(write);

const { allRules, configurationSchema, builtInRules } = await import("@dbops/core");
const { ruleDocs } = await import("./generators/rule-docs.ts");
const { l10nBundle } = await import("./generators/l10n.ts");
const { completionScripts } = await import("./generators/completion-scripts.ts");
const { explainExamples } = await import("./generators/explain-examples.ts");
const { snippetFiles } = await import("./generators/snippets.ts");
const { versionedFiles } = await import("./generators/versions.ts");
const { sectionedPages } = await import("./generators/sections.ts");

const files: readonly GeneratedFile[] = [
  ...ruleDocs(root),
  {
    path: "docs/configuration.schema.json",
    text: `${JSON.stringify(configurationSchema([...allRules, ...builtInRules]), null, 2)}\n`,
  },
  completionScripts(root),
  explainExamples(root),
  ...snippetFiles(root),
  await l10nBundle(root),
  ...versionedFiles(root),
  ...sectionedPages(root),
];
const known = new Set(files.map((file) => file.path));
const docs = path.join(root, "docs/rules");
const orphans = (existsSync(docs) ? readdirSync(docs) : [])
  .map((name) => `docs/rules/${name}`)
  .filter((name) => !known.has(name));
const changed = files.filter(isStale);
if (isChecking) {
  for (const name of [...[...stale, ...changed].map((file) => file.path), ...orphans])
    process.stdout.write(`${name} is stale: run pnpm generate\n`);
  process.exitCode = stale.length + changed.length + orphans.length > 0 ? 1 : 0;
} else {
  changed.forEach(write);
  for (const name of orphans) rmSync(path.join(root, name));
}
