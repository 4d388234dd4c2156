// pnpm new-rule ID --category CATEGORY --subject SUBJECT: the two files of a rule, ready to be filled in.
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { categories } from "@dbops/core";

/** What a rule can be about, and where a finding about it points until its author knows better. */
const subjects: Readonly<Record<string, string>> = {
  document: "document.root",
  resource: "resource.node",
  workload: "workload.resource.node",
  container: "container.node",
  host: "host",
  database: "database.resource.node",
  pooler: "pooler.resource.node",
  client: "client.container.node",
  migration: "migration.container.node",
  script: "script.at",
  backup: "backup.resource.node",
  live: "live.node",
  workspace: "workspace.topology.databases[0]?.resource.node",
};
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const help = `Writes the two files of a new rule: the rule and its cases.

  pnpm new-rule ID --category CATEGORY --subject SUBJECT

  ID          <subject>-<fault> in kebab-case, readable after the word "ignore": pooler-exceeds-max-connections
  CATEGORY    ${categories.join(", ")}
  SUBJECT     ${Object.keys(subjects).join(", ")}

Then fill in the rule and its cases, and run:

  pnpm generate               the index, the documentation, the schema
  pnpm test --rule ID         the cases of this rule
  pnpm test:update --rule ID  the same, and writes ID.fixed.yaml where the rule fixes something
  pnpm check                  types, format, layers and all else that has to hold

docs/writing-rules.md shows a small rule in full.
`;

function fail(message: string): never {
  process.stderr.write(`error: ${message}; --help shows how\n`);
  process.exit(2);
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: { category: { type: "string" }, subject: { type: "string" }, help: { type: "boolean", short: "h" } },
});
if (values.help === true) {
  process.stdout.write(help);
  process.exit(0);
}
const [id] = positionals;
const { category, subject } = values;
if (id === undefined || !/^[a-z][a-z0-9]*(-[a-z0-9]+)+$/.test(id) || id.startsWith("no-"))
  fail("a rule id says <subject>-<fault> in kebab-case, as pooler-exceeds-max-connections");
if (!categories.some((each) => each === category)) fail(`--category is one of ${categories.join(", ")}`);
const place = subjects[`${subject}`];
if (place === undefined) fail(`--subject is one of ${Object.keys(subjects).join(", ")}`);
const isOptional = place === "document.root" || place.includes("?.");

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
${isOptional ? `    const at = ${place};\n    if (at === undefined) return;\n    report({ message: "", at });` : `    report({ message: "", at: ${place} });`}
  },
});
`;
const fixture = `# case: what a user would write
# expect: ${id} warning "part of the message"

# case: what is right

# case: what cannot be known
`;
const files = [
  [`packages/core/src/rules/${category}/${id}.ts`, rule],
  [`packages/core/test/rules/${id}.yaml`, fixture],
] as const;
for (const [file] of files) if (existsSync(path.join(root, file))) fail(`${file} exists`);
for (const [file, text] of files) {
  writeFileSync(path.join(root, file), text);
  process.stdout.write(`+ ${file}\n`);
}
process.stdout.write(`Fill them in, then: pnpm generate, pnpm test:update --rule ${id}, pnpm check\n`);
