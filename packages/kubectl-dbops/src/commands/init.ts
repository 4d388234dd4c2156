import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { allRules, builtInRules, configNames, configurationSchema } from "@dbops/core";
import { reasonOf } from "../files/discover.ts";
import { replaceFile } from "../files/write.ts";
import type { Arguments } from "../flags.ts";
import { type Io, UsageError } from "../io.ts";
import { schemaLink, version } from "../project.ts";

const text = `# How dbops lints here. Only the nearest file up the tree applies.
# recommended (what a team wants on day one), all, or ephemeral (only: does not start, cannot connect, does nothing)
extends: recommended

# Levels by rule: off, info, warning, error. See: kubectl dbops rules
rules: {}

# Other levels for some files, namespaces or labels. Every condition given must hold.
# overrides:
#   - files: ["ci/**"]
#     rules:
#       database-without-memory-limit: off

# Findings that somebody has looked at.
# ignore:
#   - rule: data-on-hostpath
#     object: StatefulSet/orders
#     reason: pinned to its node until the move
#     until: 2027-01-31

# exclude: ["test/fixtures/"]

# "here": the backups of these databases live in this repository, so a missing one is a warning; "elsewhere": none is missed.
# backups: here
`;

const hook = `# Lints what a commit changes; pre-commit hides what a passing hook prints.
repos:
  - repo: https://dbops.example.com # where you clone dbops from
    rev: v${version}
    hooks:
      - id: dbops-lint
        args: [--fail-on=warning]
`;

const skill = `---
name: dbops
description: Check Kubernetes manifests of databases, poolers, migrations and backups after editing them and before anything is applied.
---

# Manifests of databases

- After editing a manifest run \`kubectl dbops lint -o agent PATH\`. Each line is a finding with its place, and the edit that ends it
  where one is known. Apply an \`edit (safe)\`. Ask before an \`edit (unsafe, …)\`: it says what it causes, a restart in most cases.
- \`kubectl dbops explain RULE\` says why a rule exists and what to do. Do not silence a finding without a reason from the user; with one,
  write \`# dbops-disable-next-line RULE -- REASON\` above the line.
- Before a change is applied run \`kubectl dbops diff --since REF\`. \`refused\`, \`starts empty\`, \`does not start\` and \`destroys data\` are for a
  person to decide; \`kubectl dbops plan --since REF\` writes the steps. Never carry out a step that is marked as a point of no return.
- Never delete a PersistentVolumeClaim, a PersistentVolume or a StatefulSet to make a change apply.
- \`kubectl dbops pool PATH\` counts connections, \`kubectl dbops backups PATH\` says what a restore would lose.
- Exit codes: 0 nothing grave, 1 findings, 2 it could not read or understand something.
`;

const schemaName = ".dbops.schema.json";

/** The line by which editors find what they complete and check a YAML file with. */
const modeline = (schema: string): string => `# yaml-language-server: $schema=${schema}\n`;

/** Writes a .dbops.yaml to start from, the hook, or what a coding agent has to know; an existing file stays. */
export function runInit(args: Arguments, io: Io): number {
  if (args.has("hook")) write(".pre-commit-config.yaml", hook, "Next: pre-commit install", io);
  else if (args.has("agent")) {
    const folder = args.value("agent") || ".agents/skills/dbops";
    write(path.posix.join(folder, "SKILL.md"), skill, "Next: tell your agent where it is", io);
  } else if (args.has("schema")) writeSchema(io);
  else writeConfiguration(schemaLink(), io);
  return 0;
}

function writeConfiguration(schema: string | undefined, io: Io): void {
  const known = schema === undefined ? "" : modeline(schema);
  const next = "Next: kubectl dbops lint .; kubectl dbops init --hook adds the pre-commit hook";
  write(".dbops.yaml", known + text, next, io);
}

/** The schema of this version, over that of another one; and a configuration that names it, where there is none. */
function writeSchema(io: Io): void {
  const schema = configurationSchema([...allRules, ...builtInRules]);
  const name = `./${schemaName}`;
  const present = configNames.find((each) => existsSync(path.resolve(io.cwd, each)));
  if (present === undefined) writeConfiguration(name, io);
  const line = present?.endsWith(".json") ? `"$schema": "${name}",` : modeline(name).trim();
  const next =
    present === undefined
      ? "It is that of this version: write it again after an update"
      : `${present} names it with: ${line}`;
  write(schemaName, `${JSON.stringify(schema, null, 2)}\n`, next, io, replaceFile);
}

const asNewFile = (file: string, content: string): void => writeFileSync(file, content, { flag: "wx" });

/** @throws UsageError where the file is there and may not be replaced, or cannot be written */
function write(name: string, content: string, next: string, io: Io, save = asNewFile): void {
  const file = path.resolve(io.cwd, name);
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    save(file, content);
  } catch (error) {
    throw new UsageError(
      (error as NodeJS.ErrnoException).code === "EEXIST"
        ? `${name} already exists; nothing was written`
        : `${name}: ${reasonOf(error)}`,
    );
  }
  io.out(`Wrote ${name}. ${next}.\n`);
}
