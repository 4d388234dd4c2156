import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { archiveName, packArchive } from "../release/archives.ts";
import { checksumsOf } from "../release/checksums.ts";
import { krewManifest } from "../release/krew-manifest.ts";
import { platforms } from "../release/node-runtimes.ts";
import { type ReleasePlan, readPlan } from "../release/plan.ts";
import { commitAll, folderWith, needs, repositoryCopy, root, run, skipWithout } from "./support/folders.ts";
import { homeOf, preCommits } from "./support/pre-commit.ts";
import { type NpmEnvironment, registryWith } from "./support/registry.ts";

const blocks = (page: string, language: string): readonly string[] =>
  [
    ...readFileSync(path.join(root, page), "utf8").matchAll(
      new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"),
    ),
  ].map((match) => match[1] ?? "");

/** A repository as Argo CD and Flux follow: a base, and an overlay for each cluster. */
function gitopsRepository(): string {
  const overlay = "resources: [../../apps/orders]\n";
  const folder = folderWith({
    "apps/orders/kustomization.yaml": "resources: [postgres.yaml, api.yaml]\n",
    "clusters/production/kustomization.yaml": `${overlay}namespace: production\n`,
    "clusters/staging/kustomization.yaml": `${overlay}namespace: staging\n`,
  });
  for (const name of ["postgres.yaml", "api.yaml"])
    cpSync(path.join(root, "examples/shop", name), path.join(folder, "apps/orders", name));
  commitAll(folder);
  return folder;
}

/** Lays what a release publishes into a folder, with a program of a few lines in place of the executables. */
function layRelease(folder: string): ReleasePlan {
  const plan = readPlan(folder, "rehearsal");
  const program = path.join(folderWith({ program: `#!/bin/sh\necho "dbops ${plan.version}"\n` }), "program");
  for (const platform of platforms) packArchive(folder, platform, program, []);
  writeFileSync(path.join(folder, "dbops.yaml"), krewManifest(plan, platforms));
  writeFileSync(path.join(folder, "SHA256SUMS"), checksumsOf(folder, platforms.map(archiveName)));
  return plan;
}

describe("the commands of the docs", function () {
  this.timeout(300_000);
  const [, preCommit = preCommits[0]!] = preCommits;
  const krew = path.join(root, ".tools/krew/krew");
  let registry: NpmEnvironment;
  before(async function () {
    needs(this, "kubectl version --client", "kubernetes-client");
    needs(this, "sha256sum --version", "coreutils");
    for (const [what, program] of [
      ["krew", krew],
      [preCommit.name, preCommit.program],
    ] as const)
      if (!existsSync(program)) skipWithout(this, what, ".ci/run installs it");
    registry = await registryWith("sound");
  });

  // What is not run: `console` blocks, which need VS Code or Helm. https://helm.sh/docs/helm/helm_template/
  for (const page of ["docs/install.md", "docs/ci.md"])
    describe(page, () => {
      const folder = gitopsRepository;
      let cwd: string;
      let env: Readonly<Record<string, string>>;
      before(() => {
        cwd = folder();
        const home = folderWith({
          ".gitconfig": `[url "${repositoryCopy()}"]\n  insteadOf = https://dbops.example.com\n[user]\n  name = Ada\n  email = ada@example.com\n`,
        });
        if (page === "docs/install.md") layRelease(cwd);
        const links = path.join(home, "links");
        mkdirSync(links);
        symlinkSync(krew, path.join(links, "kubectl-krew"));
        symlinkSync(preCommit.program, path.join(links, "pre-commit"));
        // On the page about CI dbops is there; on the page about installing it comes from the commands.
        const plugin = page === "docs/ci.md" ? `${path.join(root, "packages/kubectl-dbops/dist")}:` : "";
        env = {
          HOME: home,
          KREW_ROOT: path.join(home, ".krew"),
          PRE_COMMIT_HOME: homeOf(preCommit),
          npm_config_prefix: path.join(home, "npm"),
          PATH: `${plugin}${path.join(home, "npm/bin")}:${links}:${process.env.PATH}`,
        };
      });
      const commands = blocks(page, "sh").flatMap((block) => block.trim().split("\n"));
      for (const command of commands)
        it(command, () => {
          const { status, stdout, stderr } = run("bash", ["-c", command], {
            cwd,
            // pre-commit builds from the clone, for which it needs more than one package.
            env: /\bnp[mx]\b/.test(command) ? { ...env, ...registry } : env,
          });
          // Findings are no failure of the command.
          const isLint = /\b(lint|pool|backups|pre-commit)\b/.test(command);
          assert.ok(status === 0 || (isLint && status === 1), `exit code ${status}\n${stdout}${stderr}`);
          assert.doesNotMatch(stderr, /^error:/m);
          if (isLint)
            assert.match(
              stdout + stderr,
              /problems|dbops lint|postgres|baseline|findings|No manifests/,
              "it says something",
            );
        });
      it("has commands", () => assert.ok(commands.length > 8));
    });
});

describe("the GitLab job", function () {
  this.timeout(120_000);
  interface Job {
    readonly variables: Readonly<Record<string, string>>;
    readonly script: readonly string[];
    readonly artifacts: { readonly when: string; readonly reports: { readonly codequality: string } };
  }
  const { dbops: job } = parse(readFileSync(path.join(root, "ci/gitlab.yml"), "utf8")) as { readonly dbops: Job };
  const [included = ""] = blocks("docs/ci.md", "yaml").filter((block) => block.startsWith("# .gitlab-ci.yml"));
  const { dbops: changes } = parse(included) as { readonly dbops: Pick<Job, "variables"> };
  const backup = readFileSync(path.join(root, "packages/kubectl-dbops/test/manifests/backup.yaml"), "utf8");

  interface Issue {
    readonly check_name: string;
    readonly location: { readonly path: string; readonly lines: { readonly begin: number } };
  }
  /** Runs the job as GitLab's runner does: every line of its script in one shell that stops at the first failure. */
  async function runJob(
    variables: Readonly<Record<string, string>>,
  ): Promise<{ readonly status: number | null; readonly issues: readonly Issue[] }> {
    const project = folderWith({ "deploy/backup.yaml": backup, "README.md": "The shop\n" });
    commitAll(project);
    const env = { ...(await registryWith("sound")), ...job.variables, ...variables, CI_PROJECT_DIR: project };
    const { status } = run("sh", ["-e", "-c", job.script.join("\n")], { cwd: project, env });
    const report = path.join(project, job.artifacts.reports.codequality);
    return { status, issues: JSON.parse(readFileSync(report, "utf8")) };
  }

  it("passes warnings and fails for errors, and leaves the report either way", async () => {
    const { status, issues } = await runJob({});
    assert.equal(status, 1);
    assert.equal(job.artifacts.when, "always");
    assert.deepEqual(
      issues.map(({ check_name, location }) => `${location.path}:${location.lines.begin} ${check_name}`),
      ["deploy/backup.yaml:6 backup-runs-overlap", "deploy/backup.yaml:18 backup-pipe-hides-failure"],
    );
  });

  it("takes the variables that the docs set", async () => {
    for (const name of Object.keys(changes.variables)) assert.ok(name in job.variables, name);
    const { status } = await runJob({
      ...changes.variables,
      DBOPS_FLAGS: `${changes.variables.DBOPS_FLAGS} --select backup-runs-overlap`,
    });
    assert.equal(status, 1);
  });
});
