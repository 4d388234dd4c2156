import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import path from "node:path";
import { commitAll, folderWith, needs, type Outcome, root, run, succeed } from "./support/folders.ts";
import { hookedRepository, needsPreCommit, preCommits } from "./support/pre-commit.ts";
import { registryWith } from "./support/registry.ts";

const backup = readFileSync(path.join(root, "packages/kubectl-dbops/test/manifests/backup.yaml"), "utf8");
const dist = path.join(root, "packages/kubectl-dbops/dist");

/** A folder for PATH with these programs and no others. */
function pathOf(...programs: readonly string[]): string {
  const bin = folderWith();
  for (const program of programs) symlinkSync(succeed("which", [program]).trim(), path.join(bin, program));
  return bin;
}

describe("an installation that lacks something", function () {
  this.timeout(300_000);
  before(() => {
    succeed(process.execPath, ["tools/dbops.mjs", "version"]);
  });

  it("lints a repository without git, and says what it cannot do", () => {
    const folder = folderWith({ "backup.yaml": backup });
    commitAll(folder);
    const env = { PATH: pathOf("node") };
    const lint = (...words: readonly string[]): Outcome =>
      run("node", [path.join(dist, "kubectl-dbops"), "lint", ...words], { cwd: folder, env });
    assert.match(lint("-o", "concise").stdout, /\[backup-pipe-hides-failure\]/);
    const staged = lint("--staged");
    assert.deepEqual([staged.status, staged.stderr], [2, "error: git diff failed: git is not installed\n"]);
  });

  it("names Node where there is none", () => {
    const { status, stderr } = run(path.join(dist, "kubectl-dbops"), ["lint"], { env: { PATH: pathOf("env") } });
    assert.equal(status, 127);
    assert.match(stderr, /^\S*env: .node.: No such file or directory\n/);
  });

  it("names the Node that is too old", () => {
    const old = path.join(
      folderWith({ "old.cjs": 'Object.defineProperty(process.versions, "node", { value: "18.20.4" });' }),
      "old.cjs",
    );
    const outcome = run(process.execPath, ["--require", old, path.join(dist, "kubectl-dbops"), "lint"]);
    assert.equal(outcome.status, 2);
    assert.equal(outcome.stderr, `error: dbops needs Node 20 or later; this is 18.20.4 (${process.execPath})\n`);
  });

  it("works from a folder that it may not write, in silence", function () {
    needs(this, "setpriv --reuid=65534 --clear-groups true", "util-linux, and only root may");
    const folder = folderWith({ "backup.yaml": backup });
    const bin = path.join(folder, "bin");
    cpSync(dist, bin, { recursive: true, filter: (file) => !file.endsWith(".cache") });
    succeed("chmod", ["-R", "a+rX", folder]);
    const words = [
      "--reuid=65534",
      "--regid=65534",
      "--clear-groups",
      path.join(bin, "kubectl-dbops"),
      "lint",
      "-o",
      "concise",
    ];
    const { stdout, stderr, status } = run("setpriv", words, { cwd: folder });
    assert.deepEqual([status, stderr], [1, ""]);
    assert.match(stdout, /\[backup-pipe-hides-failure\]/);
    assert.deepEqual(
      readdirSync(bin).filter((name) => name.includes(".cache")),
      [],
    );
  });

  describe("through npx", () => {
    const npx = (env: Readonly<Record<string, string>>, version = "0.1.0"): Outcome =>
      run("npx", ["--yes", `kubectl-dbops@${version}`, "lint"], { cwd: folderWith({ "backup.yaml": backup }), env });
    const fails = (outcome: Outcome, line: RegExp): void => {
      assert.notEqual(outcome.status, 0);
      assert.match(outcome.stderr, line);
      assert.equal(outcome.stdout, "");
    };
    it("says that the version does not exist", async () => {
      fails(
        npx(await registryWith("sound"), "9.9.9"),
        /^npm error notarget No matching version found for kubectl-dbops@9\.9\.9\.$/m,
      );
    });
    it("refuses an archive that does not match its checksum", async () => {
      fails(npx(await registryWith("damaged")), /^npm error code EINTEGRITY$/m);
    });
    it("says that there is no network", async () => {
      const env = { ...(await registryWith("sound")), npm_config_registry: "http://127.0.0.1:9" };
      fails(npx(env), /^npm error code ECONNREFUSED$/m);
    });
    it("says that its cache cannot be written", async () => {
      const cache = path.join(folderWith({ cache: "a file, not a folder" }), "cache");
      fails(
        npx({ ...(await registryWith("sound")), npm_config_cache: cache }),
        /^npm error code (ENOTDIR|EEXIST|EACCES)$/m,
      );
    });
  });

  for (const preCommit of preCommits)
    describe(`under ${preCommit.name}`, () => {
      before(function () {
        needsPreCommit(this, preCommit);
      });

      it("says in one line what was not built, where there is no network", () => {
        const repository = hookedRepository(preCommit, { "backup.yaml": backup }, { id: "dbops-lint" });
        const env = {
          PRE_COMMIT_HOME: folderWith(),
          npm_config_cache: folderWith(),
          npm_config_registry: "http://127.0.0.1:9",
          npm_config_fetch_retries: "0",
        };
        const outcome = repository.run(["install-hooks"], env);
        assert.notEqual(outcome.status, 0);
        assert.match(outcome.stdout + outcome.stderr, /ECONNREFUSED/);
        // Nothing half-built is left that the next run would take for an installation.
        assert.equal(repository.run(["run", "-a"], env).status, outcome.status);
      });

      it("says what a -system hook lacks: Node", () => {
        const bin = pathOf("git", "env", "python3", "sh");
        symlinkSync(path.join(dist, "kubectl-dbops"), path.join(bin, "kubectl-dbops"));
        const repository = hookedRepository(preCommit, { "backup.yaml": backup }, { id: "dbops-lint-system" });
        assert.equal(repository.run(["install-hooks"]).status, 0);
        const { status, stdout } = repository.run(["run", "-a"], { PATH: bin });
        assert.equal(status, 1);
        assert.match(stdout, /\nExecutable `node` not found\n/);
      });

      it("is told by pre-commit that there is no git", () => {
        const repository = hookedRepository(preCommit, { "backup.yaml": backup }, { id: "dbops-lint-system" });
        const { status, stdout } = repository.run(["run", "-a"], { PATH: pathOf("env", "python3", "sh") });
        assert.notEqual(status, 0);
        assert.match(stdout, /^An error has occurred: FatalError: git failed\. Is it installed/m);
      });
    });
});
