import assert from "node:assert/strict";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { allRules, createProject, type LintResult, lint, SourceFile } from "@dbops/core";
import { expand, withTabStops } from "../../packages/kubectl-dbops/src/snippet.ts";
import { readSnippet, readSnippets, type Snippet } from "../generators/snippets.ts";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const snippets = readSnippets(root);

/** Every rule in all its cases, in the folder that the snippet is meant for. */
function run(snippet: Snippet, text: string, view: "file" | "folder"): LintResult {
  const others = view === "file" ? [] : snippets.filter((each) => snippet.beside.includes(each.name));
  const files = [
    new SourceFile(`/shop/${snippet.name}.yaml`, text),
    ...others.map((each) => new SourceFile(`/shop/${each.name}.yaml`, expand(each))),
  ];
  const today = new Date().toISOString().slice(0, 10);
  const project = createProject({ files, configs: [], root: "/shop", view, today, rules: allRules, preset: "all" });
  return lint({ project, requested: new Set([`/shop/${snippet.name}.yaml`]), onCrash: "throw" });
}

/** What VS Code inserts when every tab stop keeps its first value. */
function inserted(snippet: Snippet): string {
  const values = new Map<string, string>();
  return withTabStops(snippet)
    .replace(/\$\{(\d+)(?::((?:[^\\}]|\\.)*)|\|((?:[^\\|]|\\.)*)\|)?\}/g, (_whole, stop: string, value, choices) => {
      const text = value ?? choices?.split(/(?<!\\),/)[0];
      if (text !== undefined) values.set(stop, text.replace(/\\(.)/g, "$1"));
      return values.get(stop) ?? "";
    })
    .replace(/\\([\\$}])/g, "$1");
}

describe("snippets", () => {
  it("cover what people start with", () => {
    const names = new Set(snippets.map((each) => each.name));
    const wanted =
      "migration-expand migration-backfill migration-contract direct-secret migration-job migration-argocd migration-helm migration-wait " +
      "postgresql postgresql-17 mysql mariadb mongodb redis valkey pgbouncer pgbouncer-sidecar backup-cronjob restore-test restore-test-mariadb " +
      "restore-test-mongodb restore-test-pgbackrest restore-test-snapshot restore-test-cloudnative-pg " +
      "volume-snapshot velero-schedule k8up-schedule cloudnative-pg cloudnative-pg-pooler cloudnative-pg-recovery crunchy-pgo " +
      "zalando percona-pg percona-pxc percona-psmdb mariadb-operator storage-class inspection-pod";
    for (const name of wanted.split(" ")) assert.ok(names.has(`db-${name}`), name);
  });

  for (const snippet of snippets) {
    it(`${snippet.name} has no finding of any rule, and is understood`, () => {
      const text = inserted(snippet);
      assert.equal(text, expand(snippet), "the editor and the command line write the same");
      for (const view of ["file", "folder"] as const) {
        const { findings, notLinted, counts } = run(snippet, text, view);
        // What only an image can repair that nobody has published yet.
        const ours = findings.filter(({ ruleId }) => ruleId !== "pooler-known-vulnerability");
        assert.deepEqual(
          ours.map((finding) => `${finding.ruleId}: ${finding.message}`),
          [],
        );
        assert.deepEqual(notLinted, []);
        assert.ok(counts.objects > 0, "nothing in it is an object that dbops knows");
      }
    });
  }

  it("of databases, poolers, migrations and backups are recognised as such", () => {
    const seen = (name: string): LintResult["counts"] => {
      const snippet = snippets.find((each) => each.name === name)!;
      return run(snippet, expand(snippet), "folder").counts;
    };
    for (const name of [
      "postgresql",
      "postgresql-17",
      "mysql",
      "mariadb",
      "mongodb",
      "redis",
      "valkey",
      "cloudnative-pg",
    ])
      assert.equal(seen(`db-${name}`).databases, 1, name);
    for (const name of ["crunchy-pgo", "zalando", "percona-pg", "percona-pxc", "percona-psmdb", "mariadb-operator"])
      assert.deepEqual([seen(`db-${name}`).databases, seen(`db-${name}`).backups], [1, 1], name);
    for (const name of ["pgbouncer", "pgbouncer-sidecar", "cloudnative-pg-pooler"])
      assert.equal(seen(`db-${name}`).poolers, 1, name);
    for (const name of ["job", "argocd", "helm", "expand", "contract"])
      assert.equal(seen(`db-migration-${name}`).migrations, 1, name);
    for (const name of ["backup-cronjob", "volume-snapshot", "velero-schedule", "k8up-schedule"])
      assert.equal(seen(`db-${name}`).backups, 1, name);
  });

  it("say when a value is declared and not used, or used and not declared", () => {
    assert.throws(
      () => readSnippet("db-x", "# summary: x\n# set: name=orders What it is\nkind: Pod\n"),
      /name is not used/,
    );
    assert.throws(() => readSnippet("db-x", "# summary: x\nname: {{name}}\n"), /is not declared/);
    assert.throws(() => readSnippet("db-x", "kind: Pod\n"), /summary/);
  });
});
