import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { folderWith, git, needs, root, run, succeed } from "./support/folders.ts";
import { type HookedRepository, homeOf, hookedRepository, needsPreCommit, preCommits } from "./support/pre-commit.ts";

const manifest = (name: string): string =>
  readFileSync(path.join(root, "packages/kubectl-dbops/test/manifests", `${name}.yaml`), "utf8");
const backup = manifest("backup");
const example = (name: string): string => readFileSync(path.join(root, "examples", name), "utf8");
/** A dump each half hour that may overlap with the last (a safe fix) and hides that it failed (none). */
const overlapping = { args: ["--select=backup-runs-overlap", "--fail-on=warning"] };

function stage(repository: HookedRepository, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(repository.folder, name), text);
  git(repository.folder, "add", "-A");
}

/** The rows of `-o concise`, without the message. */
const places = (stdout: string): readonly string[] =>
  stdout.split("\n").flatMap((line) => {
    const match = /^(.+?):(\d+):\d+: \w+: .* \[([\w-]+)\]$/.exec(line);
    return match === null ? [] : [`${match[1]}:${match[2]} ${match[3]}`];
  });

for (const preCommit of preCommits)
  describe(`the hooks under ${preCommit.name}`, function () {
    this.timeout(600_000);
    before(function () {
      needsPreCommit(this, preCommit);
      // A clone, npm install, npm pack, npm install -g: once for everything below, as on a person's machine.
      const first = hookedRepository(preCommit, {}, { id: "dbops-lint" });
      const { status, stdout, stderr } = first.run(["install-hooks"]);
      assert.equal(status, 0, stdout + stderr);
    });

    it("passes where nothing is wrong, and does not run where no YAML changed", () => {
      const repository = hookedRepository(
        preCommit,
        { "postgres.yaml": example("good/shop/postgres.yaml") },
        { id: "dbops-lint" },
      );
      assert.match(repository.run(["run", "--all-files"]).stdout, /^dbops lint\.+Passed\n$/);
      stage(repository, { "README.md": "The shop\n" });
      assert.match(repository.run(["run"]).stdout, /\(no files to check\)Skipped\n$/);
    });

    it("stops a commit, and says why", () => {
      const repository = hookedRepository(preCommit, {}, { id: "dbops-lint" });
      assert.equal(repository.run(["install"]).status, 0);
      stage(repository, { "backup.yaml": backup });
      const commit = run("git", ["-c", "user.name=Ada", "-c", "user.email=a@example.com", "commit", "-m", "Back up"], {
        cwd: repository.folder,
        env: { PRE_COMMIT_HOME: homeOf(preCommit), NO_COLOR: "1" },
      });
      assert.equal(commit.status, 1);
      assert.match(
        commit.stdout + commit.stderr,
        /^backup\.yaml:18:\d+ {2}error {2}backup-pipe-hides-failure {2}\[fix\]$/m,
      );
      assert.equal(git(repository.folder, "log", "--format=%s").trim(), "first");
    });

    it("fails from the level that args name", () => {
      const files = { "backup.yaml": backup };
      const passing = hookedRepository(preCommit, files, { id: "dbops-lint", args: ["--select=backup-runs-overlap"] });
      assert.equal(passing.run(["run", "-a"]).status, 0);
      const failing = hookedRepository(preCommit, files, { id: "dbops-lint", ...overlapping });
      assert.equal(failing.run(["run", "-a"]).status, 1);
    });

    it("fixes what is safe, fails once because it changed a file, and passes then", () => {
      const repository = hookedRepository(
        preCommit,
        { "backup.yaml": backup },
        { id: "dbops-lint-fix", ...overlapping },
      );
      const first = repository.run(["run", "-a"]);
      assert.match(
        first.stdout,
        /- files were modified by this hook\n\nfixed: CronJob orders-dump: Forbid overlapping runs/,
      );
      assert.equal(first.status, 1);
      assert.match(
        readFileSync(path.join(repository.folder, "backup.yaml"), "utf8"),
        /\n {2}concurrencyPolicy: Forbid\n/,
      );
      git(repository.folder, "add", "-A");
      assert.equal(repository.run(["run", "-a"]).status, 0);
    });

    it("judges one changed file with everything around it, and reports on that file only", () => {
      const shop = Object.fromEntries(
        ["api", "postgres", "backup", "migrate"].map((name) => [`${name}.yaml`, example(`shop/${name}.yaml`)]),
      );
      const repository = hookedRepository(preCommit, shop, { id: "dbops-lint", args: ["-o=concise"] });
      stage(repository, { "api.yaml": `${shop["api.yaml"]}# changed\n` });
      const { stdout, status } = repository.run(["run"]);
      assert.equal(status, 1);
      const found = places(stdout);
      // Both need the StatefulSet in the other file: how many Pods answer, and how many connections it accepts.
      assert.ok(found.includes("api.yaml:59 host-reaches-nothing"), stdout);
      assert.ok(found.includes("api.yaml:67 pooler-exceeds-max-connections"), stdout);
      assert.deepEqual(
        found.filter((place) => !place.startsWith("api.yaml:")),
        [],
      );
    });

    it("honours what pre-commit excludes, and what .dbops.yaml excludes although pre-commit passes it", () => {
      const files = { "backup.yaml": backup, "generated/backup.yaml": backup };
      const expected = (name: string): readonly string[] => [
        `${name}:6 backup-runs-overlap`,
        `${name}:18 backup-pipe-hides-failure`,
      ];
      const hook = { id: "dbops-lint", args: ["-o=concise", "--fail-on=warning"] };
      const byPreCommit = hookedRepository(preCommit, files, { ...hook, exclude: "^generated/" });
      assert.deepEqual(places(byPreCommit.run(["run", "-a"]).stdout), expected("backup.yaml"));
      const byConfiguration = hookedRepository(
        preCommit,
        { ...files, ".dbops.yaml": "exclude: [/backup.yaml]\n" },
        hook,
      );
      assert.deepEqual(places(byConfiguration.run(["run", "-a"]).stdout), expected("generated/backup.yaml"));
      stage(byConfiguration, { "backup.yaml": `${backup}# changed\n` });
      assert.equal(byConfiguration.run(["run"]).status, 0);
    });

    it("says which line of the configuration is wrong", () => {
      const files = { "quiet.yaml": manifest("quiet"), ".dbops.yaml": "rules:\n  data-on-emptydirs: off\n" };
      const { status, stdout } = hookedRepository(preCommit, files, { id: "dbops-lint" }).run(["run", "-a"]);
      assert.equal(status, 1);
      assert.match(stdout, /- exit code: 2\n\n\.dbops\.yaml:2:3 {2}error {2}configuration-unknown-rule\n/);
    });

    it("takes 2,000 files with spaces, other scripts and long names, each reported once", () => {
      const numbers = [...Array(2000).keys()];
      // Longer together than one command line: pre-commit starts several processes, one after another.
      const name = (number: number): string => `Aufträge ${number}/${"データベース".repeat(4)} it's "kept"/backup.yaml`;
      const files = Object.fromEntries(
        numbers.map((number) => [name(number), backup.replace("orders-dump", `orders-dump-${number}`)]),
      );
      const repository = hookedRepository(preCommit, files, { id: "dbops-lint", args: ["-o=concise"] });
      const found = places(repository.run(["run", "-a"]).stdout).filter((place) =>
        place.endsWith(" backup-pipe-hides-failure"),
      );
      assert.deepEqual(
        [...found].sort(),
        numbers.map((number) => `${name(number)}:18 backup-pipe-hides-failure`).sort(),
      );
    });

    it("needs no network once it is installed", function () {
      needs(this, "unshare --net true", "util-linux, and only root may");
      const repository = hookedRepository(preCommit, { "backup.yaml": backup }, { id: "dbops-lint" });
      // A network namespace of its own has not even a loopback that is up.
      const isolated = run("unshare", ["--net", preCommit.program, "run", "-a"], {
        cwd: repository.folder,
        env: { PRE_COMMIT_HOME: homeOf(preCommit), NO_COLOR: "1" },
      });
      assert.match(isolated.stdout, /backup-pipe-hides-failure/, isolated.stderr);
    });

    it("runs the dbops that is installed, where the -system hooks are used, and says so where there is none", () => {
      const bin = folderWith();
      succeed("ln", [
        "-s",
        path.join(root, "packages/kubectl-dbops/dist/kubectl-dbops"),
        path.join(bin, "kubectl-dbops"),
      ]);
      succeed(process.execPath, [path.join(root, "tools/dbops.mjs"), "version"]);
      const found = { PATH: `${bin}:${process.env.PATH}` };
      const bare = { PATH: "/usr/bin:/bin" };
      const lint = hookedRepository(preCommit, { "backup.yaml": backup }, { id: "dbops-lint-system", ...overlapping });
      assert.match(
        lint.run(["run", "-a"], found).stdout,
        /^backup\.yaml:6:\d+ {2}warning {2}backup-runs-overlap {2}\[fix\]$/m,
      );
      assert.match(lint.run(["run", "-a"], bare).stdout, /\nExecutable `kubectl-dbops` not found\n/);
      const fix = hookedRepository(
        preCommit,
        { "backup.yaml": backup },
        { id: "dbops-lint-fix-system", ...overlapping },
      );
      assert.match(fix.run(["run", "-a"], found).stdout, /files were modified by this hook/);
    });
  });
