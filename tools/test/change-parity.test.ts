import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Comparison, type FolderChanges, LintSession, type Revision } from "@dbops/session";
import { commitAll, folderWith, git, root, run } from "./support/folders.ts";

type Files = Readonly<Record<string, string>>;

const example = (name: string): string => readFileSync(path.join(root, "examples", name), "utf8");
const postgres = example("shop/postgres.yaml");
const cluster = example("cloudnative-pg/cluster.yaml");
const kustomization = "resources: [../base]\nimages:\n  - name: postgres\n    newTag: '16'\n";

/** Pairs of texts; undefined: the file is deleted. */
const repositories: Readonly<
  Record<string, { readonly before: Files; readonly after: Readonly<Record<string, string | undefined>> }>
> = {
  "a rename, beside a file that stays": {
    before: { "db/postgres.yaml": postgres, "cluster.yaml": cluster },
    after: { "db/postgres.yaml": postgres.replace(/(kind: StatefulSet\nmetadata:\n {2}name: )postgres/, "$1orders") },
  },
  "a deleted file, and objects that moved into another one": {
    before: { "db/postgres.yaml": postgres, "cluster.yaml": cluster },
    after: { "db/postgres.yaml": undefined, "cluster.yaml": undefined, "moved/cluster.yaml": cluster },
  },
  "an overlay that brings another major version, in a folder beside the base": {
    before: {
      "base/kustomization.yaml": "resources: [db.yaml]\n",
      "base/db.yaml": postgres,
      "prod/kustomization.yaml": kustomization,
    },
    after: { "prod/kustomization.yaml": kustomization.replace("16", "18") },
  },
  "silence: a comment accepts it, and the configuration leaves it out": {
    before: { "db/postgres.yaml": postgres, ".dbops.yaml": "exclude: [old/]\n", "old/postgres.yaml": postgres },
    after: {
      "db/postgres.yaml": `# dbops-disable-file database-renamed -- by hand\n${postgres.replaceAll("name: postgres\n", "name: orders\n")}`,
      "old/postgres.yaml": undefined,
    },
  },
};

function repositoryOf(name: string): string {
  const { before, after } = repositories[name]!;
  const folder = folderWith(before);
  commitAll(folder);
  for (const [file, text] of Object.entries(after)) {
    const place = path.join(folder, file);
    if (text === undefined) rmSync(place);
    else {
      mkdirSync(path.dirname(place), { recursive: true });
      writeFileSync(place, text);
    }
  }
  return folder;
}

const program = path.join(root, "packages/kubectl-dbops/dist/kubectl-dbops");
const categories = new Map<string, string>();

/** Of `diff -o json`: findings of category change, at the path that both sides have. */
function byCommandLine(folder: string): readonly string[] {
  const { stdout, stderr } = run(program, ["diff", "--since", "HEAD", "-o", "json"], { cwd: folder });
  assert.ok(stdout !== "", stderr);
  const { findings } = JSON.parse(stdout);
  return findings
    .filter(({ rule }: { rule: string }) => categories.get(rule) === "change")
    .map(
      (each: {
        rule: string;
        severity: string;
        path: string;
        start: object;
        message: string;
        fingerprint: string;
        related: readonly object[];
      }) =>
        JSON.stringify([
          each.rule,
          each.severity,
          each.path.replace(/^HEAD:/, ""),
          each.start,
          each.message,
          each.fingerprint,
          each.related.length,
        ]),
    );
}

/** As the extension does, with what git says of the commit. */
async function byEditor(folder: string, before: Files): Promise<FolderChanges & { readonly rows: readonly string[] }> {
  const root = `file://${folder}`;
  const session = new LintSession(root, "folder");
  const now = git(folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate").split("\0");
  const gone = new Set(git(folder, "ls-files", "-z", "--deleted").split("\0"));
  for (const file of now)
    if (file !== "" && !gone.has(file))
      session.texts.setDisk(`${root}/${file}`, readFileSync(path.join(folder, file), "utf8"));
  const old = (uri: string): string | undefined => before[uri.slice(root.length + 1)];
  const isSame = (uri: string): boolean => session.texts.disk.get(uri)?.text === old(uri);
  const uris = Object.keys(before).map((file) => `${root}/${file}`);
  const revision: Revision = {
    name: "HEAD",
    commit: git(folder, "rev-parse", "HEAD").trim(),
    list: async () => ({ differing: uris.filter((uri) => !isSame(uri)), isSame }),
    read: async (uri) => old(uri),
  };
  const changes = await new Promise<FolderChanges>((resolve, reject) => {
    const comparison = new Comparison(session, { compared: resolve, failed: reject, isThere: async () => false });
    comparison.against(revision);
    const today = new Date().toISOString().slice(0, 10);
    comparison.linted({ options: { exclude: [], configFile: undefined }, today, typing: undefined, folder: root });
  });
  const rows = changes.findings.map(({ finding }) => {
    const isOld = finding.location.uri.startsWith(`${root}@`);
    const file = isOld ? finding.location.uri.slice(root.length + 42) : finding.location.uri.slice(root.length + 1);
    const text = isOld ? (before[file] ?? "") : readFileSync(path.join(folder, file), "utf8");
    const above = text.slice(0, finding.location.span.start).split("\n");
    const start = { line: above.length, column: (above.at(-1) ?? "").length + 1 };
    return JSON.stringify([
      finding.ruleId,
      finding.severity,
      file,
      start,
      finding.message,
      finding.fingerprint,
      finding.related.length,
    ]);
  });
  return { ...changes, rows };
}

describe("what changes since a commit do is the same in the editor and on the command line", function () {
  this.timeout(300_000);
  before(() => {
    const rules = JSON.parse(run(process.execPath, [path.join(root, "tools/dbops.mjs"), "rules", "-o", "json"]).stdout);
    for (const { id, category } of rules.rules ?? rules) categories.set(id, category);
  });

  for (const name of Object.keys(repositories))
    it(name, async () => {
      const folder = repositoryOf(name);
      const { rows, findings, planOf } = await byEditor(folder, repositories[name]!.before);
      assert.deepEqual([...rows].sort(), [...byCommandLine(folder)].sort());
      assert.equal(rows.length === 0, name.startsWith("silence"), rows.join("\n"));
      const plan = run(program, ["plan", "--since", "HEAD", "-o", "markdown"], { cwd: folder }).stdout;
      const plans = findings.flatMap(({ finding }) => planOf(finding)?.markdown ?? []);
      for (const markdown of plans) assert.ok(plan.includes(markdown), `${markdown}\n--- is not in\n${plan}`);
      assert.equal(plans.length > 0, rows.length > 0);
    });
});
