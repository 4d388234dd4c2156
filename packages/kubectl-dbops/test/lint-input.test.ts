import assert from "node:assert/strict";
import { appendFileSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { commitAll, folderWith, git, manifestsFolder, shopFolder } from "./support/folder.ts";
import { dbops, lintJson, placesOf } from "./support/run.ts";

const backup = readFileSync(path.join(manifestsFolder, "backup.yaml"), "utf8");
const orders = readFileSync(path.join(manifestsFolder, "orders.yaml"), "utf8");

/** The files that a run reported on. */
function linted(folder: string, ...words: readonly string[]): readonly string[] {
  const { findings } = lintJson(folder, words);
  return [...new Set(findings.map((finding) => finding.path))].sort();
}

describe("what lint reads", () => {
  it("takes files, folders and globs, as words or with -f, and reports each file once", () => {
    const folder = folderWith({
      "db/orders.yaml": orders,
      "jobs/backup.yaml": backup,
      "jobs/nightly/dump.yml": backup,
    });
    const cases: readonly (readonly [words: readonly string[], files: readonly string[]])[] = [
      [["db/orders.yaml"], ["db/orders.yaml"]],
      [["-f", "db/orders.yaml"], ["db/orders.yaml"]],
      [["--filename=db"], ["db/orders.yaml"]],
      [
        ["-f", "db", "-f", "jobs/backup.yaml"],
        ["db/orders.yaml", "jobs/backup.yaml"],
      ],
      [
        ["-R", "-f", "jobs/"],
        ["jobs/backup.yaml", "jobs/nightly/dump.yml"],
      ],
      [["jobs/*.yaml"], ["jobs/backup.yaml"]],
      [["jobs/**/*.{yaml,yml}"], ["jobs/backup.yaml", "jobs/nightly/dump.yml"]],
      [["*/orders.yaml", "db/orders.yaml", "db"], ["db/orders.yaml"]],
      [["."], ["db/orders.yaml", "jobs/backup.yaml", "jobs/nightly/dump.yml"]],
      [[], ["db/orders.yaml", "jobs/backup.yaml", "jobs/nightly/dump.yml"]],
      [[path.join(folder, "db")], ["db/orders.yaml"]],
    ];
    for (const [words, files] of cases) assert.deepEqual(linted(folder, ...words), files, words.join(" "));
  });

  it("names paths relative to the working directory, also above it", () => {
    const folder = folderWith({ "db/orders.yaml": orders, "jobs/backup.yaml": backup });
    assert.deepEqual(linted(path.join(folder, "db"), "../jobs"), ["../jobs/backup.yaml"]);
  });

  it("lints files of two places that share only the file system's root", () => {
    const folder = folderWith({ "orders.yaml": orders });
    const words = [path.join(folder, "orders.yaml"), path.join(manifestsFolder, "backup.yaml")];
    assert.ok(linted(folder, ...words).length > 0);
    assert.equal(dbops("/", ["lint", "-"], { stdin: orders }).err, "");
  });

  it("does not report on files that were not asked for, but knows them", () => {
    const folder = folderWith({ "db/orders.yaml": orders, "jobs/backup.yaml": backup });
    git(folder, "init", "-q");
    const alone = lintJson(folder, ["db/orders.yaml", "--preset", "all"]);
    assert.deepEqual([...new Set(alone.findings.map((finding) => finding.path))], ["db/orders.yaml"]);
    assert.ok(!alone.findings.some((finding) => finding.rule === "database-without-backup"), "the CronJob is in view");
  });

  it("never reads what lies around a single file outside a repository, except its own folder", () => {
    const folder = folderWith({ "home/db.yaml": orders, "home/work/backup.yaml": backup });
    const { err } = dbops(folder, ["lint", "home/db.yaml", "--debug"]);
    assert.doesNotMatch(err, /backup\.yaml/);
  });

  it("leaves out what .gitignore names, in any folder of the repository, unless it is named or --no-ignore is given", () => {
    const folder = folderWith({
      ".gitignore": "/rendered/\n*.local.yaml\n",
      "rendered/orders.yaml": orders,
      "backup.local.yaml": backup,
      "db/.gitignore": "old.yaml\n!kept.local.yaml\n",
      "db/old.yaml": orders,
      "db/kept.yaml": orders,
      "node_modules/chart/orders.yaml": orders,
    });
    git(folder, "init", "-q");
    assert.deepEqual(linted(folder), ["db/kept.yaml"]);
    assert.deepEqual(linted(folder, "db/old.yaml"), ["db/old.yaml"]);
    assert.deepEqual(linted(folder, "--no-ignore"), [
      "backup.local.yaml",
      "db/kept.yaml",
      "db/old.yaml",
      "rendered/orders.yaml",
    ]);
  });

  for (const version of [2, 4])
    it(`reads what .gitignore names although git tracks it, as people commit with -f; index version ${version}`, () => {
      const folder = folderWith({
        ".gitignore": "*backup*.yaml\n/secrets/\n",
        "db/orders-backup.yaml": backup,
        "db/backup-not-added.yaml": backup,
        "secrets/ärchiv/orders.yaml": orders,
        "secrets/orders.yaml": orders,
      });
      git(folder, "init", "-q");
      git(folder, "add", "-f", "db/orders-backup.yaml", "secrets/ärchiv/orders.yaml");
      git(folder, "update-index", "--index-version", `${version}`);
      assert.deepEqual(linted(folder), ["db/orders-backup.yaml", "secrets/ärchiv/orders.yaml"]);
      commitAll(folder);
      const worktree = path.join(folderWith({}), "tree");
      git(folder, "worktree", "add", "-q", worktree);
      writeFileSync(path.join(worktree, "db/backup-not-added.yaml"), backup);
      assert.deepEqual(linted(worktree), ["db/orders-backup.yaml", "secrets/ärchiv/orders.yaml"]);
    });

  it("reads an ignored folder that is named, or stood in, as one for rendered manifests is; not what it ignores itself", () => {
    const folder = folderWith({
      ".gitignore": "/build/\n*.local.yaml\n",
      "build/shop/orders.yaml": orders,
      "build/shop/backup.local.yaml": backup,
      "build/.gitignore": "scratch/\n",
      "build/scratch/orders.yaml": orders,
    });
    git(folder, "init", "-q");
    const rendered = ["build/shop/backup.local.yaml", "build/shop/orders.yaml"];
    for (const named of ["build", "build/shop", "build/**/*.yaml"])
      assert.deepEqual(linted(folder, named), rendered, named);
    assert.deepEqual(
      linted(path.join(folder, "build")),
      rendered.map((name) => name.slice("build/".length)),
    );
    assert.deepEqual(linted(folder), []);
    assert.deepEqual(linted(folder, "build", "build/scratch"), ["build/scratch/orders.yaml", ...rendered]);
  });

  for (const [what, files] of [
    ["/build/*", { ".gitignore": "/build/*\n" }],
    ["build/**", { ".gitignore": "build/**\n" }],
    ["a file in it that names everything", { "build/.gitignore": "*\n!.gitignore\n" }],
  ] as const)
    it(`reads a named folder that is ignored by ${what}`, () => {
      const folder = folderWith({ ...files, "build/orders.yaml": orders, "build/shop/backup.yaml": backup });
      git(folder, "init", "-q");
      assert.deepEqual(linted(folder), []);
      assert.deepEqual(linted(folder, "build"), ["build/orders.yaml", "build/shop/backup.yaml"]);
    });

  it("leaves out what --exclude names, relative to the root, also of files that are named", () => {
    const folder = folderWith({ "db/orders.yaml": orders, "test/orders.yaml": orders, "test/deep/er.yaml": orders });
    assert.deepEqual(linted(folder, "--exclude", "test/**"), ["db/orders.yaml"]);
    assert.deepEqual(linted(folder, "--exclude=test/*.yaml", "--exclude", "db/"), ["test/deep/er.yaml"]);
    const hook = dbops(folder, ["lint", "test/orders.yaml", "--exclude", "test/"]);
    assert.deepEqual(
      [hook.code, hook.err],
      [0, "No manifests to lint: every given file is excluded or contains none.\n"],
    );
  });

  it("reads stdin for - and --stdin, named by --stdin-filename", () => {
    const folder = folderWith({});
    for (const words of [["-"], ["--stdin"], ["-f", "-"]]) {
      const { findings } = lintJson(folder, words, { stdin: backup });
      assert.deepEqual([...new Set(findings.map((finding) => finding.path))], ["<stdin>"], words.join(" "));
    }
    const named = lintJson(folder, ["-", "--stdin-filename", "jobs/backup.yaml"], { stdin: backup });
    assert.deepEqual(placesOf(named.findings), [
      "jobs/backup.yaml:6 backup-runs-overlap",
      "jobs/backup.yaml:18 backup-pipe-hides-failure",
    ]);
  });

  it("reads an unsaved buffer in the place of its file, with the file's configuration and neighbours", () => {
    const folder = folderWith({
      ".dbops.yaml": "rules:\n  backup-runs-overlap: off\n",
      "backup.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\n",
      "orders.yaml": orders,
    });
    git(folder, "init", "-q");
    const { findings } = lintJson(folder, [".", "-", "--stdin-filename", "backup.yaml"], { stdin: backup });
    assert.deepEqual(
      placesOf(findings).filter((place) => place.startsWith("backup")),
      ["backup.yaml:18 backup-pipe-hides-failure"],
    );
  });

  it("uses the configuration of the working directory for stdin", () => {
    const folder = folderWith({ ".dbops.yaml": "rules:\n  backup-runs-overlap: off\n", "deep/er/x.txt": "" });
    git(folder, "init", "-q");
    const { findings } = lintJson(path.join(folder, "deep/er"), ["-"], { stdin: backup });
    assert.deepEqual(placesOf(findings), ["<stdin>:18 backup-pipe-hides-failure"]);
  });

  it("reads names with spaces and letters of any alphabet", () => {
    const folder = folderWith({ "Datenbank für Ümläute/заказы 1.yaml": backup });
    assert.deepEqual(linted(folder), ["Datenbank für Ümläute/заказы 1.yaml"]);
    assert.deepEqual(linted(folder, "Datenbank für Ümläute/*.yaml"), ["Datenbank für Ümläute/заказы 1.yaml"]);
  });

  it("lints a file behind a link by the name that was given", () => {
    const folder = folderWith({ "real/backup.yaml": backup });
    symlinkSync("real/backup.yaml", path.join(folder, "link.yaml"));
    assert.deepEqual(linted(folder, "link.yaml"), ["link.yaml"]);
  });

  it("takes JSON manifests, and leaves other JSON alone", () => {
    const job = JSON.stringify({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "db" },
      spec: { containers: [{ name: "db", image: "postgres:16" }] },
    });
    const folder = folderWith({ "pod.json": job, "package.json": '{"name": "shop"}' });
    assert.deepEqual(linted(folder), ["pod.json"]);
    assert.equal(lintJson(folder, []).summary.files, 1);
  });
});

describe("lint --debug", () => {
  it("says on stderr what was read, what belongs together, and what was skipped and why", () => {
    const folder = folderWith({
      ".gitignore": "scratch.yaml\n",
      ".dbops.yaml": "extends: recommended\n",
      "scratch.yaml": orders,
      "db/orders.yaml": orders,
      "db/logo.yaml": Buffer.from([0x89, 0x50, 0, 1, 2]),
      "overlay/kustomization.yaml": "resources: [../db/orders.yaml]\n",
      "chart/Chart.yaml": "name: shop\n",
      "chart/templates/db.yaml": "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Release.Name }}\n",
    });
    commitAll(folder);
    const { err, out } = dbops(folder, ["lint", "db", "chart", "--debug"]);
    for (const line of [
      /^root: \.$/m,
      /^configuration: \.dbops\.yaml$/m,
      /^unit: overlay \(kustomization, 1 file\)$/m,
      /^ {2}linted: db\/orders\.yaml$/m,
      /^skipped: scratch\.yaml: \.gitignore lists it$/m,
      /^skipped: db\/logo\.yaml: it is binary$/m,
      /^not linted: chart\/templates\/db\.yaml document 1 is a Helm template/m,
    ])
      assert.match(err, line);
    assert.doesNotMatch(out, /unit:/);
  });
});

describe("--since, --staged and --changed", () => {
  let folder: string;
  before(() => {
    folder = shopFolder();
    commitAll(folder);
  });

  it("report on nothing in a clean tree, and say so", () => {
    for (const flag of ["--since=HEAD", "--staged", "--changed"]) {
      const { code, err } = dbops(folder, ["lint", flag]);
      assert.deepEqual([code, err], [0, "No manifests to lint: none of the given files has changed.\n"], flag);
    }
  });

  it("report on changed, new and staged files only, whatever their names, with the rest as context", () => {
    const changed = folderWith({
      "orders.yaml": orders,
      "backup.yaml": backup,
      "Größe 1/alt.yaml": backup,
      "gone.yaml": backup,
    });
    commitAll(changed);
    git(changed, "rm", "-q", "gone.yaml");
    git(changed, "mv", "backup.yaml", "new name – dump.yaml");
    git(changed, "commit", "-q", "-m", "second");
    appendFileSync(path.join(changed, "Größe 1/alt.yaml"), "# touched\n");
    assert.deepEqual(linted(changed, "--since", "HEAD~1"), ["Größe 1/alt.yaml", "new name – dump.yaml"]);
    assert.deepEqual(linted(changed, "--changed"), ["Größe 1/alt.yaml"]);
    assert.deepEqual(linted(changed, "--staged"), []);
    git(changed, "add", "Größe 1/alt.yaml");
    assert.deepEqual(linted(changed, "--staged"), ["Größe 1/alt.yaml"]);
    assert.deepEqual(linted(path.join(changed, "Größe 1"), "--staged"), ["alt.yaml"]);
    assert.deepEqual(linted(changed, "--since", "HEAD~1", "orders.yaml"), []);
  });

  it("compare with the place where this branch left the other, not with what came after", () => {
    const shop = folderWith({ "orders.yaml": orders });
    commitAll(shop);
    git(shop, "checkout", "-q", "-b", "backups");
    writeFileSync(path.join(shop, "backup.yaml"), backup);
    git(shop, "add", "-A");
    git(shop, "commit", "-q", "-m", "backups");
    git(shop, "checkout", "-q", "main");
    appendFileSync(path.join(shop, "orders.yaml"), "# somebody else's work\n");
    git(shop, "commit", "-q", "-am", "other");
    git(shop, "checkout", "-q", "backups");
    assert.deepEqual(linted(shop, "--since", "main"), ["backup.yaml"]);
  });

  it("name what git says about a revision that does not exist", () => {
    const { code, err } = dbops(folder, ["lint", "--since", "no-such-branch"]);
    assert.deepEqual([code, err], [2, "error: git has no revision no-such-branch here\n"]);
  });

  it("fail outside a repository", () => {
    const { code, err } = dbops(folderWith({ "orders.yaml": orders }), ["lint", "--staged"]);
    assert.deepEqual(
      [code, err],
      [2, "error: --since, --staged and --changed need a git repository; there is none here\n"],
    );
  });

  it("take a revision that looks like a flag for a revision", () => {
    const { code, err } = dbops(folder, ["lint", "--since=--output=stolen.txt"]);
    assert.deepEqual([code, err], [2, "error: git has no revision --output=stolen.txt here\n"]);
    assert.throws(() => readFileSync(path.join(folder, "stolen.txt")));
  });
});
