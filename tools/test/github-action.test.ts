import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { commitAll, folderWith, git, type Outcome, root, run, skipWithout, succeed } from "./support/folders.ts";
import { act, action, type Result } from "./support/github-action.ts";
import { type NpmEnvironment, npmPackage, registryWith } from "./support/registry.ts";

const backup = readFileSync(path.join(root, "packages/kubectl-dbops/test/manifests/backup.yaml"), "utf8");
const postgres = readFileSync(path.join(root, "examples/shop/postgres.yaml"), "utf8");

const checkoutWith = (files: Readonly<Record<string, string>>): string => {
  const folder = folderWith(files);
  commitAll(folder);
  return folder;
};

interface GitHub {
  readonly env: Readonly<Record<string, string>>;
  comments(): Promise<readonly string[]>;
}

const annotations = ({ stdout }: Outcome): readonly string[] =>
  stdout.split("\n").flatMap((line) => /^::\w+ file=[^,]*,line=\d+|^::\w+ title=dbops::.*/.exec(line)?.[0] ?? []);

describe("the GitHub Action", function () {
  this.timeout(120_000);
  let registry: NpmEnvironment;
  let installed: Readonly<Record<string, string>>;
  before(async () => {
    registry = await registryWith("sound");
    const { archive } = await npmPackage();
    const prefix = folderWith();
    succeed("npm", ["install", "--global", "--offline", "--prefix", prefix, archive]);
    installed = { PATH: `${prefix}/bin:${process.env.PATH}` };
  });
  const none = { "install-mode": "none" };

  it("installs its own version from npm, marks findings at their lines and fails", () => {
    const result = act(checkoutWith({ "backup.yaml": backup }), { args: "--fail-on=warning ." }, registry);
    assert.equal(result.status, 1, result.stdout + result.stderr);
    assert.deepEqual(annotations(result), ["::warning file=backup.yaml,line=6", "::error file=backup.yaml,line=18"]);
    assert.match(result.stdout, /^2 problems \(1 error, 1 warning\)/m);
    assert.equal(result.outputs, "exit-code=1\n");
  });

  it("names files from the root of the checkout, whatever the working directory, and reads args as a shell does", () => {
    const checkout = checkoutWith({ "deploy/prod/it's here/backup.yaml": backup });
    const result = act(
      checkout,
      {
        ...none,
        "working-directory": "deploy/prod",
        args: `"it's here" --select backup-runs-overlap --fail-on 'warning'`,
      },
      installed,
    );
    assert.deepEqual(annotations(result), ["::warning file=deploy/prod/it's here/backup.yaml,line=6"]);
    assert.equal(result.status, 1);
  });

  it("runs nothing that args say", () => {
    const checkout = checkoutWith({ "backup.yaml": backup });
    act(checkout, { ...none, args: "$(touch one) `touch two` ; touch three" }, installed);
    for (const name of ["one", "two", "three"]) assert.equal(existsSync(path.join(checkout, name)), false);
  });

  it("writes SARIF and leaves annotations out where it is told so", () => {
    const checkout = checkoutWith({ "backup.yaml": backup });
    const result = act(
      checkout,
      { ...none, annotations: "false", "sarif-file": "dbops.sarif", args: "--exit-zero" },
      installed,
    );
    assert.deepEqual([result.status, annotations(result)], [0, []]);
    const sarif = JSON.parse(readFileSync(path.join(checkout, "dbops.sarif"), "utf8"));
    assert.equal(sarif.runs[0].results.length, 2);
  });

  describe("with only-new-issues", () => {
    const onlyNew = { ...none, "only-new-issues": "true", args: "--fail-on=warning -o human ." };

    it("reports what the change brings, in files that it changes and in others, and not what was there", () => {
      const checkout = checkoutWith({
        "backup.yaml": backup,
        "app.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: app }\n",
      });
      const base = git(checkout, "rev-parse", "HEAD").trim();
      assert.deepEqual(annotations(act(checkout, onlyNew, installed, base)), []);
      // Lines move, an old finding is repaired, and a new one comes.
      writeFileSync(
        path.join(checkout, "backup.yaml"),
        `# moved\n${backup.replace("bash", "zsh")}`.replace("  jobTemplate", "  suspend: true\n  jobTemplate"),
      );
      git(checkout, "commit", "-qam", "change");
      const result = act(checkout, onlyNew, installed, base);
      assert.deepEqual(annotations(result), ["::warning file=backup.yaml,line=8"]);
      assert.match(result.stdout, /backup-suspended/);
      assert.doesNotMatch(result.stderr, /prune-baseline|error/);
      assert.equal(git(checkout, "worktree", "list").trim().split("\n").length, 1);
    });

    it("takes a folder that the base does not have for new", () => {
      const checkout = checkoutWith({ "README.md": "shop\n" });
      const base = git(checkout, "rev-parse", "HEAD").trim();
      mkdirSync(path.join(checkout, "deploy"));
      writeFileSync(path.join(checkout, "deploy/postgres.yaml"), postgres);
      const result = act(checkout, { ...onlyNew, "working-directory": "deploy" }, installed, base);
      assert.ok(annotations(result).includes("::error file=deploy/postgres.yaml,line=22"), result.stdout);
    });

    it("fetches the base where the checkout is shallow", () => {
      const origin = checkoutWith({ "backup.yaml": backup });
      const base = git(origin, "rev-parse", "HEAD").trim();
      git(origin, "config", "uploadpack.allowAnySHA1InWant", "true");
      git(origin, "commit", "-q", "--allow-empty", "-m", "next");
      const checkout = path.join(folderWith(), "checkout");
      succeed("git", ["clone", "-q", "--depth=1", `file://${origin}`, checkout]);
      const result = act(checkout, onlyNew, installed, base);
      assert.deepEqual([result.status, annotations(result)], [0, []], result.stderr);
    });

    it("reports everything where an event has no base", () => {
      const result = act(checkoutWith({ "backup.yaml": backup }), onlyNew, installed, "0".repeat(40));
      assert.match(result.stdout, /^only-new-issues: this event has no base; everything is reported\.$/m);
      assert.equal(annotations(result).length, 2);
    });
  });

  describe("with comment", () => {
    const servers: ChildProcess[] = [];
    afterEach(() => {
      for (const server of servers.splice(0)) server.kill();
    });
    /** GitHub's address, and the comments of the pull request there. */
    const github = async (state = "open"): Promise<GitHub> => {
      const script = path.join(root, "tools/test/support/github-comments.mjs");
      const server = spawn(process.execPath, [script, state], { stdio: ["ignore", "pipe", "inherit"] });
      servers.push(server);
      const address = await new Promise<string>((resolve) =>
        server.stdout.once("data", (text) => resolve(String(text).trim())),
      );
      return {
        env: { ...installed, GITHUB_API_URL: address, GITHUB_REPOSITORY: "shop/manifests" },
        async comments() {
          const answer = await fetch(`${address}/repos/shop/manifests/issues/7/comments`);
          return ((await answer.json()) as readonly { readonly body: string }[]).map(({ body }) => body);
        },
      };
    };
    const commenting = { ...none, comment: "true", args: "--exit-zero" };
    const bumped = postgres.replace("postgres:16", "postgres:17");

    it("posts what a dependency bot's bump does, keeps the comment up to date, and takes it back", async () => {
      const { env, comments } = await github();
      const checkout = checkoutWith({ "postgres.yaml": postgres });
      const base = git(checkout, "rev-parse", "HEAD").trim();
      const commit = (text: string): Result => {
        writeFileSync(path.join(checkout, "postgres.yaml"), text);
        git(checkout, "commit", "-q", "--allow-empty", "-am", "change");
        return act(checkout, commenting, env, base);
      };
      const first = commit(bumped);
      assert.equal(first.status, 1, first.stdout + first.stderr);
      assert.equal(first.outputs, "exit-code=1\n");
      assert.ok(annotations(first).includes("::error file=postgres.yaml,line=33"), first.stdout);
      const [, posted = ""] = await comments();
      assert.match(posted, /^<!-- dbops diff -->\n\*\*dbops\*\*: 1 database does not start/);
      assert.match(posted, /<summary>What to do: Move StatefulSet postgres from PostgreSQL 16 to PostgreSQL 17/);
      commit(postgres.replaceAll(/^ {2}name: postgres$/gm, "  name: orders-db"));
      const [, changed = "", ...more] = await comments();
      assert.match(changed, /starts empty/);
      assert.deepEqual(more, []);
      const last = commit(postgres);
      assert.equal(last.status, 0, last.stdout);
      assert.deepEqual(await comments(), ["Looks good to me."]);
    });

    it("keeps a comment of its own where somebody has pasted one, and where the change cannot be read", async () => {
      const { env, comments } = await github("pasted");
      const checkout = checkoutWith({ "postgres.yaml": postgres });
      const base = git(checkout, "rev-parse", "HEAD").trim();
      const change = (text: string): Result => {
        writeFileSync(path.join(checkout, "postgres.yaml"), text);
        return act(checkout, commenting, env, base);
      };
      change(bumped);
      change(`${bumped}# again\n`);
      const [pasted, own = "", ...more] = await comments();
      assert.equal(pasted, "<!-- dbops diff -->\nIt said this.");
      assert.match(own, /does not start/);
      assert.deepEqual(more, []);
      assert.equal(change(`a: [\n---\n${postgres}`).status, 2);
      assert.equal((await comments()).length, 2, "the comment stays");
      change(postgres);
      assert.equal((await comments()).length, 1);
    });

    it("takes what diff-args accept", async () => {
      const { env, comments } = await github();
      const checkout = checkoutWith({ "postgres.yaml": postgres });
      const base = git(checkout, "rev-parse", "HEAD").trim();
      writeFileSync(path.join(checkout, "postgres.yaml"), bumped);
      const args = "--allow does-not-start:StatefulSet/postgres";
      const result = act(checkout, { ...commenting, "diff-args": args }, env, base);
      assert.equal(result.status, 0, result.stdout + result.stderr);
      assert.match((await comments())[1] ?? "", /\(accepted\)/);
    });

    it("says nothing of a change that applies in place", async () => {
      const { env, comments } = await github();
      const checkout = checkoutWith({ "postgres.yaml": postgres });
      const base = git(checkout, "rev-parse", "HEAD").trim();
      writeFileSync(path.join(checkout, "README.md"), "shop\n");
      assert.equal(act(checkout, commenting, env, base).status, 0);
      assert.deepEqual(await comments(), ["Looks good to me."]);
    });

    it("warns where it may not write, as in a pull request from a fork", async () => {
      const { env } = await github("closed");
      const checkout = checkoutWith({ "postgres.yaml": postgres });
      const base = git(checkout, "rev-parse", "HEAD").trim();
      writeFileSync(path.join(checkout, "postgres.yaml"), bumped);
      const { stdout, status } = act(checkout, commenting, env, base);
      assert.match(
        stdout,
        /^::warning title=dbops::the comment was not written \(GitHub answers 403 to POST\): it needs the permission/m,
      );
      assert.equal(status, 1, "what was found still fails");
    });

    it("compares nothing where an event belongs to no pull request", () => {
      const { stdout, status } = act(checkoutWith({ "postgres.yaml": postgres }), commenting, installed);
      assert.match(stdout, /^comment: this event belongs to no pull request; nothing is compared\.$/m);
      assert.equal(status, 0);
    });
  });

  /** Each is a way in which the surroundings are not as they have to be, and the one line that says so. */
  describe("ends in one clear line", () => {
    const checkout = (): string => checkoutWith({ "backup.yaml": backup });
    const toolsWithout = (...missing: readonly string[]): Readonly<Record<string, string>> => {
      const bin = folderWith();
      for (const tool of ["bash", "sed", "head", "grep", "cat", "xargs", "rm", "git", "npm", "node"])
        if (!missing.includes(tool)) symlinkSync(succeed("which", [tool]).trim(), path.join(bin, tool));
      return { PATH: bin };
    };
    const ends = (result: Result, line: RegExp): void => {
      assert.equal(result.status, 2, result.stdout + result.stderr);
      const last = result.stdout.trimEnd().split("\n").at(-1) ?? "";
      assert.match(last, /^::error title=dbops::/);
      assert.match(last.replace("::error title=dbops::", ""), line);
      assert.equal(result.outputs, "exit-code=2\n");
      assert.doesNotMatch(result.stdout + result.stderr, /^\s+at |unbound variable|command not found/m);
    };

    it("without Node", () => {
      ends(
        act(checkout(), {}, { ...registry, ...toolsWithout("npm", "node") }),
        /^npm is not on the PATH: add actions\/setup-node with Node 20 or later/,
      );
    });
    it("for a version that does not exist", () => {
      ends(
        act(checkout(), { version: "9.9.9" }, registry),
        /^kubectl-dbops 9\.9\.9 was not installed: the registry has no such version\.$/,
      );
    });
    it("without a network", () => {
      const env = { ...registry, npm_config_registry: "http://127.0.0.1:9", npm_config_cache: folderWith() };
      ends(act(checkout(), {}, env), /was not installed: the registry cannot be reached\.$/);
    });
    it("for an archive that does not match its checksum", async () => {
      ends(
        act(checkout(), {}, await registryWith("damaged")),
        /was not installed: the archive does not match its checksum\.$/,
      );
    });
    it("where npm may not write its cache", () => {
      const file = path.join(folderWith({ cache: "a file, not a folder" }), "cache");
      const result = act(checkout(), {}, { ...registry, npm_config_cache: file });
      ends(result, /was not installed: npm may not write its cache or /);
    });
    it("for another version where this one was installed before", () => {
      const temporary = folderWith();
      const version = action.inputs.version?.default ?? "";
      const bin = path.join(temporary, `dbops-${version}/bin`);
      mkdirSync(bin, { recursive: true });
      writeFileSync(path.join(bin, "kubectl-dbops"), "#!/bin/sh\necho dbops 0.0.9\n");
      chmodSync(path.join(bin, "kubectl-dbops"), 0o755);
      ends(
        act(checkout(), {}, { ...registry, RUNNER_TEMP: temporary }),
        /dbops-\d+\.\d+\.\d+ holds dbops 0\.0\.9: remove that folder\.$/,
      );
    });
    it("without dbops where install-mode is none", () => {
      ends(act(checkout(), none, toolsWithout()), /^kubectl-dbops is not on the PATH, and install-mode is none\.$/);
    });
    it("for a folder that does not exist", () => {
      ends(act(checkout(), { ...none, "working-directory": "no/such" }, installed), /^there is no folder no\/such\.$/);
    });
    it("for a quote without its other half", () => {
      ends(act(checkout(), { ...none, args: "'shop" }, installed), /^args has a quote without its other half: 'shop$/);
    });
    it("for only-new-issues without a repository", () => {
      const folder = folderWith({ "backup.yaml": backup });
      ends(
        act(folder, { ...none, "only-new-issues": "true" }, installed, "abc123"),
        /^only-new-issues needs a git repository/,
      );
    });
    it("for a base that git cannot get", () => {
      ends(
        act(checkout(), { ...none, "only-new-issues": "true" }, installed, "1".repeat(40)),
        /^git has no commit 1+, and cannot fetch it\.$/,
      );
    });
  });

  const actionlint = path.join(root, ".tools/actionlint/actionlint");
  const needsActionlint = (context: Mocha.Context): void => {
    const install = "GOBIN=$PWD/.tools/actionlint go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12";
    if (!existsSync(actionlint)) skipWithout(context, "actionlint", install);
  };

  it("is used in the docs as actionlint and its own inputs allow", function () {
    needsActionlint(this);
    const repository = folderWith();
    mkdirSync(path.join(repository, ".github/workflows"), { recursive: true });
    cpSync(path.join(root, "action.yml"), path.join(repository, "action.yml"));
    commitAll(repository);
    const workflows = [
      ...readFileSync(path.join(root, "docs/ci.md"), "utf8").matchAll(
        /```yaml\n# (\.github\/workflows\/\S+)\n([\s\S]*?)```/g,
      ),
    ];
    assert.equal(workflows.length, 4);
    // Used as a local action, its inputs are checked too.
    for (const [, name = "", text = ""] of workflows)
      writeFileSync(path.join(repository, name), text.replace(/your-org\/dbops@\S+/, "./"));
    const { status, stdout } = run(actionlint, ["-color=false"], { cwd: repository });
    assert.equal(status, 0, stdout);
  });

  it("has beside it a workflow of our own in which actionlint finds nothing", function () {
    needsActionlint(this);
    const { status, stdout } = run(actionlint, ["-color=false"]);
    assert.equal(status, 0, stdout);
  });

  it("has scripts in which shellcheck finds nothing", function () {
    if (run("sh", ["-c", "command -v shellcheck"]).status !== 0)
      skipWithout(this, "shellcheck", "Debian's package is shellcheck");
    const completion = "packages/kubectl-dbops/completion";
    const scripts = [
      "ci/github-action.sh",
      `${completion}/kubectl-dbops.bash`,
      `${completion}/kubectl_complete-dbops.sh`,
      ".ci/run",
    ];
    const { status, stdout } = run("shellcheck", scripts);
    assert.equal(status, 0, stdout);
  });
});
