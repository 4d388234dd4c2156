import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { allRules, categories, categoryOf, configurationSchema, operatorDeletions } from "@dbops/core";
import type { GeneratedFile } from "./generated-file.ts";
import { optionTable } from "./rule-docs.ts";
import { versionOf, withVersion } from "./versions.ts";

/** What the rules of each folder are about, for somebody who has never seen one. */
const subjects: Readonly<Record<string, string>> = {
  availability:
    "replicas that do not replicate, quorums of two, budgets that block every drain or nothing, autoscalers on databases",
  backup:
    "dumps whose failure nobody sees, schedules that are refused, archives kept next to the data, backups nobody has restored",
  change:
    "what a change does to data that is already there: refused, renamed, moved, upgraded, deleted; only `kubectl dbops diff` has them",
  connections: "pools, clients and poolers that together open more connections than the server accepts",
  identity:
    "hosts that nothing answers, Services that select nothing or every member, governing Services that give Pods no names",
  images: "tags that move a major version, withdrawn images, settings and client programs that a newer version removed",
  live: "what only a running cluster shows (`scan`): claims that are about to go, backups that fail, archives that restore nothing, members on one node",
  migration:
    "migrations in every replica, without a lock, a deadline or an exit code, through a pooler that breaks them",
  operators: "CloudNativePG, Zalando, Crunchy PGO, Percona, mariadb-operator: backups, deletion, instances, GitOps",
  sql: "new migrations: locks that stop reads or writes, tables that are rewritten, CONCURRENTLY where it fails, what old Pods still use",
  "pool-mode":
    "what transaction and session pooling break: prepared statements, dumps, LISTEN, session state, replication",
  "pooler-file":
    "pgbouncer.ini as PgBouncer reads it: unknown, too new, repeated and misread settings, files nobody reads",
  "pooler-image": "what the pooler's image makes of its variables, ports and paths, and its known vulnerabilities",
  "pooler-login": "poolers that let in anyone or nobody, credentials in ConfigMaps, TLS that is half set up",
  "pooler-runtime": "poolers that start too late, drop their clients on a rollout, or run as one Pod in front of many",
  resources:
    "buffers above the limit, /dev/shm, probes that kill a recovery or always pass, values that are not strings",
  secrets:
    "passwords in manifests, keys that a Secret does not have, servers that trust everyone, rotations that change nothing",
  shutdown: "servers killed before their checkpoint",
  storage:
    "data that misses its volume or is deleted with it, directories that do not survive an upgrade, claims that cannot bind",
  structure: "what the API server accepts and never runs: selectors, references, partitions, removed API versions",
};

type Settings = ReturnType<typeof configurationSchema>;

/** A row for each setting that has a meaning of its own, the settings of a list's items below it. */
function settingRows({ properties = {} }: Settings, parent = ""): readonly string[] {
  return Object.entries(properties).flatMap(([name, schema]) => [
    `| \`${parent}${name}\` | ${schema.description}${schema.default === undefined ? "" : ` (default: \`${schema.default}\`)`} |`,
    ...settingRows(schema.items ?? {}, `${parent}${name}[].`),
  ]);
}

/** `the Percona operator` at the beginning of a cell; `cass-operator` is written so. */
function capital(text: string): string {
  return text.replace(/^the /, "The ");
}

/** Parts of hand-written pages that are generated: between `<!-- generated: name -->` and `<!-- end -->`. */
const sections: Readonly<Record<string, () => readonly string[]>> = {
  options: () => optionTable(allRules),
  deletions: () => [
    "| operator | claims | backups | Secrets | read |",
    "|---|---|---|---|---|",
    ...operatorDeletions.map(
      ({ kinds, title, claims, backups, secrets, source, read }) =>
        `| ${capital(title)}: ${kinds.map((kind) => `\`${kind}\``).join(", ")} | ${claims} | ${backups} | ${secrets} | [${read}](${source}) |`,
    ),
  ],
  settings: () => ["| Setting | Meaning |", "| --- | --- |", ...settingRows(configurationSchema([]))],
  rules: () => [
    "| Subject | Rules | Examples |",
    "| --- | --- | --- |",
    ...categories.map((category) => {
      const subject = subjects[category];
      if (subject === undefined) throw new Error(`say in subjects what the rules of ${category} are about`);
      const { length } = allRules.filter((rule) => categoryOf(rule.id) === category);
      return `| [${category}](docs/rules/README.md#${category}) | ${length} | ${subject} |`;
    }),
  ],
};

/** The pages with their generated parts made anew, and the version of today. */
export function sectionedPages(root: string): readonly GeneratedFile[] {
  const version = versionOf(root);
  return ["README.md", "docs/configuration.md", "docs/install.md", "docs/ci.md", "docs/backups.md"].flatMap((page) => {
    const file = path.join(root, page);
    if (!existsSync(file)) return [];
    const text = readFileSync(file, "utf8").replace(
      /(<!-- generated: (\w+) -->\n)[\s\S]*?(<!-- end -->)/g,
      (whole, start: string, name: string, end: string) => {
        const lines = sections[name]?.();
        return lines === undefined ? whole : `${start}\n${lines.join("\n")}\n\n${end}`;
      },
    );
    return [{ path: page, text: withVersion(text, version) }];
  });
}
