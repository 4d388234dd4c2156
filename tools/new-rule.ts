// pnpm new-rule ID --category CATEGORY --subject SUBJECT: the two files of a rule, ready to be filled in.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { categories } from "@dbops/core";

/** What a rule can be about, and where a finding about it stands until its author knows better. */
const subjects: Readonly<Record<string, string>> = {
  document: "document.root ?? { file: document.file, span: { start: 0, end: 0 }, yamlPath: [] }",
  resource: "resource.node",
  workload: "workload.resource.node",
  container: "container.node",
  host: "host",
  database: "database.resource.node",
  pooler: "pooler.resource.node",
  client: "client.container.node",
  migration: "migration.container.node",
  backup: "backup.resource.node",
  workspace: "[...workspace.resources][0]!.node",
};
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

function fail(message: string): never {
  process.stderr.write(`error: ${message}\n`);
  process.exit(2);
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { category: { type: "string" }, subject: { type: "string" } },
});
const [id] = positionals;
const { category, subject } = values;
if (id === undefined || !/^[a-z][a-z0-9]*(-[a-z0-9]+)+$/.test(id) || id.startsWith("no-"))
  fail("a rule id says <subject>-<fault> in kebab-case, as pooler-exceeds-max-connections");
if (category === undefined || !categories.includes(category)) fail(`--category is one of ${categories.join(", ")}`);
const place = subjects[subject ?? ""];
if (place === undefined) fail(`--subject is one of ${Object.keys(subjects).join(", ")}`);

const rule = `import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "${id}",
  subject: "${subject}",
  meta: {
    summary: "",
    rationale: "",
    remedy: "",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [],
  },
  check(${subject}, { report }) {
    report({ message: "", at: ${place} });
  },
});
`;
const fixture = `# case: what a user would write
# expect: ${id} "part of the message"

# case: what is right
`;
const files = [
  [`packages/core/src/rules/${category}/${id}.ts`, rule],
  [`packages/core/test/rules/${id}.yaml`, fixture],
] as const;
for (const [file] of files) if (existsSync(path.join(root, file))) fail(`${file} exists`);
for (const [file, text] of files) {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
  process.stdout.write(`+ ${file}\n`);
}
process.stdout.write("Then: pnpm generate, pnpm test:update, pnpm check\n");
